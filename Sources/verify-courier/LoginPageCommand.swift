import App
import ArgumentParser
import Basics

struct LoginPageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login-page",
        abstract: "Serves a web login to look at: password, registration, codes. Never for production.",
        discussion: """
            Users are in the file that login_page.users names, a line each as --hash prints it.
            Example: verify-courier login-page --hash anna >>users && verify-courier login-page --set login_page.users=users
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: "Print this user's line for the file instead; the password is read from standard input.")
    var hash: String?

    @Flag(help: "Say 'ready' as a JSON object with the URL; with --hash, print one JSON object.")
    var json = false

    func validate() throws {
        if let hash, !App.isLoginPageUser(hash) {
            throw ValidationError("a name has 1 to 64 letters, digits, '.', '_', '-' or '@'")
        }
    }

    func run() async throws {
        let app = try await common.app()
        if let hash {
            let password = Redacted(try StandardInput.line("password"))
            let line = try await orExit { try App.loginPageUser(hash, password: password) }
            return try json ? Output.json(JSONLine.of(["user": line])) : Output.line(line)
        }
        try await orExit {
            try await app.serveLoginPage { url in app.announce(json ? "{\"ready\":\"\(url)\"}" : "ready \(url)") }
        }
    }
}
