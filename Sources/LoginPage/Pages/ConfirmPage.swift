import Basics
import Wire

/// After the password: how to confirm that it is you, or what to register.
struct ConfirmPage {
    var signIn: SignIn
    var options: Reply
    var ways: Ways
    var now: Timestamp

    var layout: Layout {
        let (title, main) = content
        return Layout(title: title, notice: signIn.notice, signIn: signIn, now: now, main: main)
    }

    private var content: (String, String) {
        if options.decision == "register" { return ("Register a way to confirm that it is you", register) }
        if options.decision == "verify", !ways.methods.isEmpty { return ("Confirm that it is you", verify) }
        return ("You cannot sign in just now", nowhere)
    }

    private var verify: String {
        """
        <p>Choose how you want to confirm it.</p>\(ways.downHTML)
        \(Self.pending(signIn, now))\(Self.methods(ways, signIn, now))
        \(Self.onlyCall(ways.methods.map(\.method)))
        \(Self.lostPhone)
        """
    }

    private var register: String {
        guard !ways.register.isEmpty else {
            return "\(ways.downHTML)<p>\(HTML.link(.confirm, "Look again")) in a moment.</p>\(Self.lostPhone)"
        }
        return """
            <p>Your account asks for a second step. Register one way now; you can add the other one later.</p>\(ways.downHTML)
            \(Self.pending(signIn, now))\(Self.registrations(ways))
            \(Self.onlyCall(ways.register == [.phone] ? ways.channels.map(Method.code) : []))
            \(Self.lostPhone)
            """
    }

    private var nowhere: String {
        """
        <p>\(HTML.escaped(why))</p>\(ways.downHTML)\(Self.wait(ways.retryAt, now))
        <p>\(HTML.link(.confirm, "Look again")), or ask your administrator for a code of one use.</p>
        <p>\(HTML.link(.administrator, "I have a code from the administrator"))</p>
        """
    }

    /// The reply's own sentence does not know what is down.
    private var why: String {
        options.decision == "verify" ? "None of your ways to confirm that it is you works just now." : options.message
    }

    /// The forms that ask for a code; those that have to wait say until when.
    static func methods(_ ways: Ways, _ signIn: SignIn, _ now: Timestamp, again: Channel? = nil) -> String {
        let items = ways.methods.map { state -> String in
            switch state.method {
            case .code(let channel):
                let to = state.to.map { " <small>\(HTML.digits($0))</small>" } ?? ""
                let form = HTML.form(
                    .send, signIn, .send,
                    HTML.button(
                        Ways.label(channel, again: channel == again) + to, name: "channel", value: channel.rawValue,
                        style: "way"))
                return Self.waiting(form, until: [ways.retryAt, signIn.retryAt].compactMap(\.self).max(), now)
            case .authenticator:
                return HTML.form(.useApp, signIn, nil, HTML.button("Use a code from my mobile app", style: "way"))
            }
        }
        return "<ul class=\"ways\">\(items.map { "<li>\($0)</li>" }.joined())</ul>"
            + Self.wait([ways.retryAt, signIn.retryAt].compactMap(\.self).max(), now)
    }

    /// Hidden until then: the script shows it in time, and so does looking again.
    static func waiting(_ form: String, until time: Timestamp?, _ now: Timestamp) -> String {
        let left = time.map { HTML.left(until: $0, now) } ?? 0
        return left > 0 ? "<div hidden data-after=\"\(left)\">\(form)</div>" : form
    }

    static func wait(_ until: Timestamp?, _ now: Timestamp) -> String {
        guard let until, HTML.left(until: until, now) > 0 else { return "" }
        return """
            <p class="inset" data-before="\(HTML.left(until: until, now))">A code was asked for a moment ago. Another one can be \
            asked for \(HTML.wait(until: until, now)). \(HTML.link(.notReceived, "Look again"))</p>
            """
    }

    static func registrations(_ ways: Ways) -> String {
        let items = ways.register.sorted { $0.rawValue < $1.rawValue }.map { factor in
            switch factor {
            case .authenticator:
                """
                <li><a class="way" href="\(Place.app.rawValue)">Register to use mobile app codes \
                <small>An authenticator app on your phone or computer. The safest way, and it works without a network.</small></a></li>
                """
            case .phone:
                """
                <li><a class="way" href="\(Place.phone.rawValue)">Register your phone number for texts and calls \
                <small>We send a code to your phone at each sign-in.</small></a></li>
                """
            }
        }
        return "<ul class=\"ways\">\(items.joined())</ul>"
    }

    /// A code that came before still counts.
    static func pending(_ signIn: SignIn, _ now: Timestamp) -> String {
        guard let asked = signIn.asked, asked.factor == .phone, !asked.isOver, asked.isAlive(now) else { return "" }
        return "<p class=\"inset\">A code is on its way to you. \(HTML.link(.code, "Enter the code"))</p>"
    }

    /// What is heard must be remembered and typed: never leave it as somebody's only way without a word (WCAG 2.2, 3.3.8).
    private static func onlyCall(_ methods: [Method]) -> String {
        guard methods == [.code(.call)] else { return "" }
        return """
            <p class="inset">A call is the only way just now. If you cannot take calls, ask your administrator for a code of one \
            use, or for an authenticator app.</p>
            """
    }

    static let lostPhone = """
        <details><summary>I do not have my phone</summary><p>Ask your administrator: for a day without the phone there is a code of \
        one use, and after a loss you register again.</p><p>\(HTML.link(.administrator, "I have a code from the administrator"))</p>\
        </details>
        """
}

extension SignIn.AskedCode {
    /// Whether it may still count.
    func isAlive(_ now: Timestamp) -> Bool { expiresAt.map { now < $0 } ?? true }
}
