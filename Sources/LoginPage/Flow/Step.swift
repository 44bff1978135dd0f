import Basics
import PhoneNumbers
import Web
import Wire

/// What one form does.
struct Step: Sendable {
    let site: LoginSite
    /// The session's.
    let id: String
    let signIn: SignIn
    let form: FormFields

    // MARK: Asking for a code

    /// To the registered phone.
    func send() async -> WebAnswer {
        guard let channel = Channel(rawValue: form.text("channel")) else { return .go(to: .confirm) }
        var body = JobBody(signIn.names)
        body["channel"] = .string(channel.rawValue)
        return afterSend(await ask(.send, body), channel, registers: false, from: .confirm)
    }

    /// To the number that was typed: the first right code registers it.
    func registerPhone() async -> WebAnswer {
        guard let number = signIn.phone.number, let channel = Channel(rawValue: form.text("channel")) else {
            return .go(to: .phone)
        }
        var body = JobBody(signIn.names)
        body["phone"] = .string(number.revealed)
        body["channel"] = .string(channel.rawValue)
        body["ticket"] = ticket.map { .string($0.revealed) }
        return afterSend(await ask(.registerPhone, body), channel, registers: true, from: .number)
    }

    private func afterSend(_ reply: Reply?, _ channel: Channel, registers: Bool, from place: Place) -> WebAnswer {
        let now = site.now
        var way = WayOn(reply, from: place, field: nil, now: now)
        if registers { way = Self.afterRegistering(reply, way, now) }
        if reply?.outcome == .uncertain {
            way.notice?.text +=
                " If a code comes all the same, keep it: ask again, and the same one is sent and counts."
        }
        return settle(way) { signIn in
            guard let reply else { return }
            signIn.retryAt = reply.retryAtHere(now)
            guard reply.outcome == .sent else { return }
            signIn.asked = SignIn.AskedCode(
                factor: .phone, channel: channel, registers: registers, to: reply.to,
                expiresAt: reply.expiresAtHere(now))
        }
    }

    /// What is wrong with a number is said where it is typed, and another way to the same number is offered beside it.
    private static func afterRegistering(_ reply: Reply?, _ way: WayOn, _ now: Timestamp) -> WayOn {
        guard let reply else { return way }
        if way.guidesTyping(reply) { return WayOn(reply, from: .phone, field: PhonePage.field, now: now) }
        let isReachable = reply.alternatives?.contains { $0.channel != nil } == true
        return isReachable ? WayOn(notice: way.notice, next: .place(.number)) : way
    }

    func useApp() -> WebAnswer {
        update { $0.asked = SignIn.AskedCode(factor: .authenticator) }
        return .go(to: .code)
    }

    // MARK: Registering

    /// The number is understood here, so that a person sees what will be called before a message is spent.
    func typePhone() -> WebAnswer {
        let (text, region) = (form.text("phone"), form.text("region"))
        let isCountry = PhonePage.isCountry(region)
        do throws(NumberProblem) {
            let parsed = try PhoneNumberParser.parse(String(text.prefix(64)), region: isCountry ? region : nil)
            update { $0.phone = SignIn.TypedPhone(text: text, region: region, number: parsed.number) }
            return .go(to: .number)
        } catch {
            let problem = FieldProblem(PhonePage.field, error.rawValue)
            let guidance = Guidance.typed(problem) ?? Guidance.of(.invalid)
            update {
                $0.phone = SignIn.TypedPhone(text: String(text.prefix(64)), region: isCountry ? region : "US")
                $0.notice = Notice(
                    kind: .wrong(field: PhonePage.field), text: text.isEmpty ? "Type your number." : guidance.text)
            }
            return .go(to: .phone)
        }
    }

    /// Makes the secret, or brings the same one once more.
    func registerApp() async -> WebAnswer {
        let enrolment = SignIn.Enrolment(nonce: nonce, ticket: ticket)
        let reply = await ask(.registerAuthenticator, enrolment.body(signIn.names), nonce: enrolment.nonce)
        let now = site.now
        return settle(WayOn(reply, from: .app, field: "ticket", now: now)) { signIn in
            guard let reply, reply.outcome == .enrolling else { return }
            signIn.enrolment = enrolment
            signIn.enrolment?.expiresAt = reply.expiresAtHere(now)
        }
    }

    // MARK: Codes

    func check() async -> WebAnswer {
        guard let asked = signIn.asked else { return .go(to: .confirm) }
        return await check(as: asked.factor, from: .code)
    }

    func checkApp() async -> WebAnswer { await check(as: .authenticator, from: .app) }

    func checkAdministrators() async -> WebAnswer { await check(as: nil, from: .administrator) }

    private func check(as factor: Factor?, from place: Place) async -> WebAnswer {
        if let problem = Self.problem(form.text(CodePage.field)) {
            update { $0.notice = Notice(kind: .wrong(field: CodePage.field), text: problem) }
            return .go(to: place)
        }
        var body = JobBody(signIn.names)
        body["code"] = .string(form.text(CodePage.field))
        body["method"] = factor.map { .string($0.rawValue) }
        let reply = await ask(.check, body)
        var way = WayOn(reply, from: place, field: CodePage.field, now: site.now)
        if factor == .authenticator, reply?.reason == .codeUsed {
            // No other code need be asked for: the app has the next one.
            way.notice = Notice(
                kind: .wrong(field: CodePage.field),
                text: "This code has been used already. The app shows the next one within half a minute.")
        }
        // Where it was not used it still counts, and where it was, that is told then.
        if way.notice?.kind == .trouble { way.notice?.text += " The same code may still count: type it again." }
        return settle(way) { $0.note(reply, at: place) }
    }

    /// What can be said without asking: nothing is counted for it.
    static func problem(_ typed: String) -> String? {
        let scalars = typed.unicodeScalars.filter { !TypedCode.isDropped($0) }
        if scalars.isEmpty { return "Enter the code." }
        if scalars.contains(where: { $0.properties.generalCategory != .decimalNumber }) {
            return "A code has digits only. Check it and type it again."
        }
        if scalars.count < 4 { return "You have not entered enough digits. Check the code and type it again." }
        return scalars.count > 10 ? "You have entered too many digits. Check the code and type it again." : nil
    }

    // MARK: Leaving

    /// A code that is on its way ends; nobody waits for that.
    func leave() -> WebAnswer {
        site.sessions.end(id)
        if signIn.asked?.factor == .phone, !signIn.isIn {
            let (courier, names) = (site.courier, signIn.names)
            Task { await courier.ask(.cancel, JobBody(names), nonce: RandomID.hex(bytes: 16)) }
        }
        return .go(to: .signIn).forgetting
    }

    // MARK: Common

    /// The form's, as far as it can be one of ours.
    private var nonce: String {
        let given = form.text("nonce")
        return given.utf8.count == 32 && given.allSatisfy(\.isHexDigit) ? given : RandomID.hex(bytes: 16)
    }

    /// Left out when it was left blank.
    private var ticket: Redacted<String>? {
        let typed = form.text("ticket").prefix(64)
        return typed.allSatisfy(\.isWhitespace) ? nil : Redacted(String(typed))
    }

    /// After silence the next form is the same request; after any reply it is another one.
    private func ask(_ kind: JobKind, _ body: JobBody, nonce: String? = nil) async -> Reply? {
        let nonce = nonce ?? self.nonce
        let reply = await site.courier.ask(kind, body, nonce: nonce)
        update { $0.unanswered[kind] = reply == nil ? nonce : nil }
        return reply
    }

    private func update(_ change: (inout SignIn) -> Void) { site.sessions.update(id, change) }

    private func settle(_ way: WayOn, _ change: (inout SignIn) -> Void) -> WebAnswer {
        switch way.next {
        case .place(let place):
            update {
                $0.notice = way.notice
                change(&$0)
            }
            return .go(to: place)
        case .signInAgain:
            site.sessions.end(id)
            let page = SignInPage(notice: way.notice, name: signIn.user, now: site.now)
            return WebAnswer.page(page.layout.html).forgetting
        }
    }
}
