import AMQP
public import Basics
import FoundationEssentials
import LoginPage
import VerifyClient
import Web

extension App {
    /// Serves the reference web login until it is cancelled.
    ///
    /// - Throws: ``ConfigProblem``
    public func serveLoginPage(onReady: @escaping @Sendable (String) async -> Void) async throws {
        let address = try settings.loginPageAddress()
        let users = try loginPageUsers()
        // Who is signing in goes on with the next one: told to end, it ends.
        _ = await Termination.watch(logger)
        try await withClient { client in
            // Its own connections: what is heard there must not hold up replies.
            let broker = try settings.broker(name: "verify-courier login-page")
            let name = broker.urls.first.map(\.user) ?? ""
            let listener = StatusListener(broker: broker, frontEnd: name, logger: logger)
            let page = LoginPage(
                host: address.host, port: address.port, users: users, client: client, listener: listener, logger: logger
            )
            try await withThrowingTaskGroup { group in
                group.addTask { await listener.run() }
                group.addTask {
                    do {
                        try await page.run { port in await onReady("http://\(address.at(port))/") }
                    } catch let problem as WebServer.CannotListen {
                        throw ConfigProblem(
                            "login_page.listen: cannot listen at \(problem). Choose another port, or 0 for any free one"
                        )
                    }
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }

    private func loginPageUsers() throws(ConfigProblem) -> DemoUsers {
        guard let path = settings.text("login_page.users") else { throw settings.missing("login_page.users") }
        guard let data = try? Data(contentsOf: URL(filePath: path)), data.count <= 1 << 20 else {
            throw ConfigProblem("login_page.users names \(path), which is missing, or larger than 1 MiB")
        }
        let text: String
        do {
            text = try TextBytes.text(Array(data))
        } catch {
            throw ConfigProblem("login_page.users: \(path) \(error.message)")
        }
        do {
            return try DemoUsers(text)
        } catch {
            throw ConfigProblem("login_page.users: \(path): \(error)")
        }
    }

    /// A line for the file of users.
    public static func loginPageUser(_ name: String, password: Redacted<String>) throws -> String {
        "\(name):\(try PasswordHash(password))"
    }

    /// Whether somebody may be called so there.
    public static func isLoginPageUser(_ name: String) -> Bool { DemoUsers.isName(name) }
}
