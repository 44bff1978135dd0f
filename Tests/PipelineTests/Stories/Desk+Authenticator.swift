import Basics
import Logging
import Testing
import Wire

@testable import Pipeline

/// What people do with an authenticator app.
extension Desk {
    func startApp(
        _ user: String = "anna", _ login: String = "sign-in-1", id: String = RandomID.uuid(),
        _ more: [String: JSONValue] = [:]
    ) async throws -> Reply {
        let body: [String: JSONValue] = ["user": .string(user), "login": .string(login)]
        return try await ask(.registerAuthenticator, body.merging(more) { $1 }, id: id)
    }

    /// Types a code of the app.
    func checkApp(
        _ code: String, _ user: String = "anna", _ login: String = "sign-in-1", id: String = RandomID.uuid()
    ) async throws -> Reply {
        try await check(code, user, login, id: id, ["method": "authenticator"])
    }

    /// What the worker does beside its jobs, once.
    func doChores() async throws {
        try await pipeline.choreRunner(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }).turn()
    }

    /// Scans the picture.
    func scan(_ reply: Reply) throws -> App { App(secret: try #require(reply.secret)) }

    /// Registers an app as a person does whose sign-in needs no more.
    func registerApp(_ user: String = "anna", _ login: String = "sign-in-1") async throws -> App {
        let app = try scan(try await startApp(user, login))
        let approved = try await checkApp(app.code(at: site.now), user, login)
        #expect(approved.outcome == .approved && approved.registered == .authenticator)
        // The next code is another one.
        site.advance(.seconds(60))
        return app
    }
}

extension Desk {
    /// Begins to replace the app, after a code of it in the same sign-in.
    func startAppConfirmed(_ app: App, _ user: String = "anna", _ login: String = "sign-in-1") async throws -> Reply {
        let confirmed = try await checkApp(app.code(at: site.now), user, login)
        #expect(confirmed.outcome == .approved)
        return try await startApp(user, login)
    }
}
