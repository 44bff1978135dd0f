import Basics
import Logging
import Web
import Wire

/// The whole login as a function from requests to answers: no socket, no broker.
///
/// A page is asked for by GET and changes nothing that matters; a form is sent by POST, does one thing, and leads to a page.
struct LoginSite: Sendable {
    /// Not `session` alone: cookies are shared by all ports of a host.
    static let cookieName = "verify_courier_login_page"

    let courier: Courier
    /// How the channels are doing; `nil` where that is not known.
    let status: @Sendable () -> ChannelStatus?
    let gate: PasswordGate
    let sessions: SessionTable
    let clocks: Clocks

    init(
        ask: @escaping Courier.Ask, status: @escaping @Sendable () -> ChannelStatus?, users: DemoUsers,
        clocks: Clocks = .system, logger: Logger
    ) {
        courier = Courier(ask: ask, logger: logger)
        self.status = status
        gate = PasswordGate(users: users, clocks: clocks)
        sessions = SessionTable(clocks: clocks)
        self.clocks = clocks
    }

    var now: Timestamp { clocks.wall() }

    func answer(_ request: WebRequest) async -> WebAnswer {
        // A foreign page may have its own name lead here (DNS rebinding): it is asked for by that name then.
        guard let host = request.host, Loopback.contains(Self.name(of: host)) else {
            return .text("Ask for it as localhost.\n", status: 421)
        }
        switch request.method {
        case "GET", "HEAD":
            guard let place = Place(rawValue: request.path) else { return missing(request) }
            return await page(place, request)
        case "POST":
            guard let act = Act(rawValue: request.path) else { return missing(request) }
            guard request.isFromThisSite else { return forged }
            return await perform(act, request)
        default: return .text("Only GET and POST.\n", status: 405)
        }
    }

    private static func name(of authority: String) -> String {
        if authority.hasPrefix("[") { return String(authority.prefix { $0 != "]" }) + "]" }
        return String(authority.prefix { $0 != ":" })
    }

    private func missing(_ request: WebRequest) -> WebAnswer {
        let main = "<p>There is no such page. <a href=\"/\">To the beginning</a></p>"
        let layout = Layout(title: "Not found", notice: nil, signIn: nil, now: now, main: main)
        return .page(layout.html, status: 404)
    }

    private var forged: WebAnswer {
        let main =
            "<p>This form did not come from a page of ours. Nothing was done. <a href=\"/\">To the beginning</a></p>"
        return .page(Layout(title: "Begin again", notice: nil, signIn: nil, now: now, main: main).html, status: 403)
    }

    // MARK: The password

    private func signIn(_ request: WebRequest) async -> WebAnswer {
        let name = request.form.text("name")
        switch await gate.judge(name, Redacted(request.form.text("password"))) {
        case .right(let user):
            if let old = request.cookies[Self.cookieName] { sessions.end(old) }
            let id = sessions.begin(user: user, client: request.address, locale: request.locale)
            return .go(to: .confirm).setting(
                cookie: "\(Self.cookieName)=\(id); HttpOnly; SameSite=Strict; Path=/; Max-Age=\(Self.cookieSeconds)")
        case .wrong:
            let notice = Notice(kind: .wrong(field: "name"), text: "Name or password is not right.")
            return .page(SignInPage(notice: notice, name: name, now: now).layout.html, status: 403)
        case .paused(let pause):
            let notice = Notice(
                kind: .wrong(field: "name"), text: "Too many wrong passwords for this name.", until: now + pause)
            return .page(SignInPage(notice: notice, name: name, now: now).layout.html, status: 429)
        }
    }

    private static let cookieSeconds = SessionTable.longest.components.seconds

    // MARK: Forms

    private func perform(_ act: Act, _ request: WebRequest) async -> WebAnswer {
        switch act {
        case .signIn: await signIn(request)
        case .send: await step(request) { await $0.send() }
        case .useApp: await step(request) { $0.useApp() }
        case .check: await step(request) { await $0.check() }
        case .typePhone: await step(request) { $0.typePhone() }
        case .registerPhone: await step(request) { await $0.registerPhone() }
        case .registerApp: await step(request) { await $0.registerApp() }
        case .checkApp: await step(request) { await $0.checkApp() }
        case .checkAdministrators: await step(request) { await $0.checkAdministrators() }
        case .leave: await step(request) { $0.leave() }
        }
    }

    /// What a form does, for a sign-in that is under way and whose token it carries.
    private func step(_ request: WebRequest, _ act: (Step) async -> WebAnswer) async -> WebAnswer {
        guard let id = request.cookies[Self.cookieName], let signIn = sessions.find(id) else { return .go(to: .signIn) }
        guard request.form["token"] == signIn.token else { return forged }
        return await act(Step(site: self, id: id, signIn: signIn, form: request.form))
    }
}

extension WebAnswer {
    static func go(to place: Place) -> WebAnswer { go(to: place.rawValue) }

    /// The browser forgets what it held.
    var forgetting: WebAnswer {
        setting(cookie: "\(LoginSite.cookieName)=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0")
    }
}
