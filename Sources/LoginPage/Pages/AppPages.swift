import Basics
import FoundationEssentials
import Wire

/// Before an authenticator's secret is made: a reload makes none.
struct AppStartPage {
    var signIn: SignIn
    var ways: Ways
    var now: Timestamp

    var layout: Layout {
        Layout(
            title: "Register an authenticator app", notice: signIn.notice, signIn: signIn, now: now,
            main: """
                <p>Any authenticator app will do, such as Google's or Microsoft's. Have it at hand: the next page shows a picture \
                to scan, or a key to type, for ten minutes. An app that is registered already counts until the new one's first code.</p>\(ways.downHTML)
                \(HTML.form(
                    .registerApp, signIn, .registerAuthenticator,
                    TicketField.html(ways.needsTicket) + HTML.button("Show the picture")))
                <p>\(HTML.link(signIn.isIn ? .inside : .confirm, "Choose another way"))</p>
                """)
    }
}

/// The picture, the key to type, and the first code.
struct AppPage {
    var signIn: SignIn
    /// When it runs out, by this server's clock: a repeated reply tells its times of then.
    var expiresAt: Timestamp?
    /// An `enrolling`.
    var reply: Reply
    var now: Timestamp

    var layout: Layout {
        let input = CodePage.input(
            signIn.notice, label: "Code that the app shows",
            hint: "It completes the registration. Spaces do not matter.")
        return Layout(
            title: "Scan the picture with your app", notice: signIn.notice, signIn: signIn, now: now,
            main: """
                <div class="enrolment">\(picture)<div>
                <details><summary>Can't scan it?</summary>
                <p>Type this into the app. Account: \(HTML.escaped(signIn.user)). Kind: time based.</p>
                <p class="key" id="key">\(HTML.digits(reply.secret ?? ""))</p><p data-copy="key" data-label="Copy the key"></p></details>
                \(link)\(validity)
                \(HTML.form(.checkApp, signIn, .check, input + HTML.button("Check the code")))
                <p>If a code is refused again and again, the clock of the device may be wrong.</p>
                <p>\(HTML.link(signIn.isIn ? .inside : .confirm, "Choose another way"))</p>
                </div></div>
                """)
    }

    /// As an image of its own address: what comes in it can neither run nor style anything.
    private var picture: String {
        guard let qr = reply.qr, qr.type == "image/svg+xml" else { return "" }
        return """
            <img class="qr" width="260" height="260" alt="QR code for your authenticator app. If you cannot scan it, there is a key to \
            type." src="data:image/svg+xml;base64,\(Data(qr.data.utf8).base64EncodedString())">
            """
    }

    private var link: String {
        guard let uri = reply.uri, uri.hasPrefix("otpauth://") else { return "" }
        return "<p><a href=\"\(HTML.escaped(uri))\">Open the app on this device</a></p>"
    }

    private var validity: String {
        guard let expiresAt else { return "" }
        return CodePage.validity("The picture is good", until: expiresAt, now)
    }
}
