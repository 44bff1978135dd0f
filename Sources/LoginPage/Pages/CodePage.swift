import Basics
import Wire

/// The page for a code: one field, one button, one way out.
struct CodePage {
    static let field = "code"

    var signIn: SignIn
    var asked: SignIn.AskedCode
    var now: Timestamp

    var layout: Layout {
        let isOver = asked.isOver || !asked.isAlive(now)
        var notice = signIn.notice
        if isOver, notice == nil {
            notice = Notice(kind: .wrong(field: nil), text: Guidance.of(.codeExpired).text)
        }
        return Layout(
            title: isOver ? "This code cannot be used any more" : "Enter the code", notice: notice, signIn: signIn,
            now: now, main: isOver ? over : entry)
    }

    private var entry: String {
        """
        <p>\(destination)</p>
        \(HTML.form(.check, signIn, .check, Self.input(signIn.notice) + HTML.button("Check the code")))
        \(validity)
        <p>\(HTML.link(.notReceived, asked.factor == .phone ? "Not received a code?" : "I cannot use my app"))</p>
        \(asked.registers ? "<p>\(HTML.link(.phone, "Change the number"))</p>" : "")
        """
    }

    private var destination: String {
        let to = asked.to.map(HTML.digits) ?? "your phone"
        return switch asked.channel {
        case .sms: "We sent a text message to \(to). It may take a few minutes to arrive."
        case .call: "We are calling \(to): a voice says the code."
        case nil: "Open your authenticator app, and enter the digits that it shows for this account."
        }
    }

    private var validity: String {
        guard let expiresAt = asked.expiresAt else { return "" }
        return Self.validity("The code is good", until: expiresAt, now)
    }

    /// Told aloud at a minute and at ten seconds, by the script; not each second.
    static func validity(_ what: String, until time: Timestamp, _ now: Timestamp) -> String {
        """
        <p class="validity" data-ends="\(HTML.left(until: time, now))">\(what) until \(HTML.time(time)).</p>
        """
    }

    /// No `maxlength`, which would cut what is pasted; not `number`; not six boxes.
    static func input(
        _ notice: Notice?, label: String = "Code",
        hint: String = "Digits only, six as a rule. Spaces and dashes do not matter."
    ) -> String {
        let error = Layout.error(of: field, notice)
        return """
            <label for="\(field)">\(label)</label><p class="hint" id="\(field)-hint">\(hint)</p>\(error.text)
            <input id="\(field)" name="\(field)" type="text" inputmode="numeric" autocomplete="one-time-code" spellcheck="false" \
            autocapitalize="none" dir="ltr" class="code"\(error.attributes)>
            """
    }

    /// One act asks for another.
    private var over: String {
        """
        \(another)
        <p>\(HTML.link(.notReceived, "Choose another way"))</p>
        """
    }

    private var another: String {
        guard let channel = asked.channel else {
            return HTML.form(.useApp, signIn, nil, HTML.button("Enter another code from my app"))
        }
        let act: Act = asked.registers ? .registerPhone : .send
        let form = HTML.form(
            act, signIn, asked.registers ? .registerPhone : .send,
            HTML.button(Ways.label(channel), name: "channel", value: channel.rawValue))
        return ConfirmPage.waiting(form, until: signIn.retryAt, now) + ConfirmPage.wait(signIn.retryAt, now)
    }
}

/// “Not received a code?”: all that may help, with the waits.
struct NotReceivedPage {
    var signIn: SignIn
    var ways: Ways
    var now: Timestamp

    var layout: Layout {
        Layout(
            title: "Not received a code?", notice: signIn.notice, signIn: signIn, now: now,
            main: """
                <p>Messages may take some minutes. While a code is good, we send the same one again.</p>\(ways.downHTML)
                \(ConfirmPage.pending(signIn, now))
                \(signIn.asked?.registers == true ? registering : ConfirmPage.methods(ways, signIn, now, again: signIn.asked?.channel))
                \(ConfirmPage.lostPhone)
                """)
    }

    private var registering: String {
        let forms = ways.channels.map { channel in
            let button = HTML.button(
                Ways.label(channel, again: channel == signIn.asked?.channel), name: "channel", value: channel.rawValue,
                style: "way")
            let form = HTML.form(.registerPhone, signIn, .registerPhone, button)
            return "<li>\(ConfirmPage.waiting(form, until: signIn.retryAt, now))</li>"
        }
        let app =
            ways.register.contains(.authenticator)
            ? "<li><a class=\"way\" href=\"\(Place.app.rawValue)\">Register to use mobile app codes instead</a></li>"
            : ""
        return """
            <ul class="ways">\(forms.joined())\(app)\
            <li><a class="way" href="\(Place.phone.rawValue)">Change the number</a></li></ul>
            \(ConfirmPage.wait(signIn.retryAt, now))
            """
    }
}

/// The page for a code of the administrator's: it works whatever was sent, or was not.
struct AdministratorPage {
    var signIn: SignIn
    var now: Timestamp

    var layout: Layout {
        let input = CodePage.input(
            signIn.notice, label: "Code from the administrator", hint: "Eight digits. It works once.")
        return Layout(
            title: "A code from the administrator", notice: signIn.notice, signIn: signIn, now: now,
            main: HTML.form(.checkAdministrators, signIn, .check, input + HTML.button("Check the code"))
                + "<p>\(HTML.link(.confirm, "Back to the other ways"))</p>")
    }
}
