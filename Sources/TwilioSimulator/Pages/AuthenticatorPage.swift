/// The page on which the app is told of an account, and forgets one.
///
/// It does not load itself again: somebody may be typing.
enum AuthenticatorPage {
    static let path = "/authenticator"

    /// - Parameter problem: Why the last link was not taken.
    static func html(_ accounts: [ShownCode], problem: String? = nil) -> String {
        let banner = problem.map { "<p class=\"banner\" role=\"alert\">\(HTML.escaped($0))</p>" } ?? ""
        let form = """
            <form class="tall" method="post" action="/_simulator/account"><label>Link\
            <textarea name="link" rows="4" required autofocus autocomplete="off" spellcheck="false" \
            placeholder="otpauth://totp/…"></textarea></label><button>Add the account</button></form>
            """
        let list =
            accounts.isEmpty
            ? "<p class=\"empty\">No accounts yet.</p>"
            : HTML.table("Accounts", ["Issuer", "Label", ""], accounts.map(row))
        return HTML.page(
            title: "Authenticator", current: path,
            main: """
                <p class="lead">Paste what a real phone would scan: the link behind the QR code. Its codes then stand on
                <a href="/">the page of phones</a>.</p>\(banner)
                \(form)
                \(list)
                """)
    }

    private static func row(_ account: ShownCode) -> [String] {
        let button = """
            <form class="bare" method="post" action="/_simulator/forget-account">\
            <input type="hidden" name="id" value="\(HTML.escaped(account.id))">\
            <button aria-label="Remove \(HTML.escaped(account.issuer)) \(HTML.escaped(account.label))">Remove</button></form>
            """
        return [HTML.escaped(account.issuer), HTML.escaped(account.label), button]
    }
}
