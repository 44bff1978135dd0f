import AMQP
import Basics
import Logging
import VerifyClient
import Wire

/// A client for all sign-ins of a portal; `run()` keeps its connections.
func makeClient(_ url: String, logger: Logger) throws -> LoginClient {
    let broker = BrokerConfiguration(urls: [try BrokerURL(url)], connectionName: "portal")
    return LoginClient(broker: broker, frontEnd: broker.urls[0].user, logger: logger)
}

/// The second factor of one sign-in, after the password was right.
///
/// Only `true` lets the person in.
///
/// - Parameters:
///   - show: puts a sentence on the screen.
///   - ask: asks for the code that went to a number; `nil` when the person gives up.
func secondFactor(
    of user: String, _ client: LoginClient, show: (String) async -> Void, ask: (String) async -> String?
) async throws -> Bool {
    let login = Job.Login(user: user, login: RandomID.uuid())
    let options = try await client.options(of: login)
    guard options.outcome == .options, options.decision == "verify" else {
        // `register` and `contact_administrator` lead to other screens; an outage lets nobody in.
        await show(options.message)
        return options.decision == "not_required"
    }
    let sent = try await client.send(by: .sms, for: login)
    await show(sent.message)
    guard sent.outcome == .sent else { return false }
    while let typed = await ask(sent.to ?? "") {
        let reply = try await client.check(Redacted(typed), for: login)
        await show(reply.message)
        switch reply.outcome {
        case .approved: return true
        case .denied, .invalid: continue
        default: return false
        }
    }
    return false
}
