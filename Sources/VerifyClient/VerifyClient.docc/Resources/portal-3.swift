import AMQP
import Basics
import Logging
import VerifyClient
import Wire

/// What a portal keeps running: one client for all sign-ins, and a listener that knows what works just now.
struct Portal: Sendable {
    let client: LoginClient
    let listener: StatusListener

    init(_ url: String, logger: Logger) throws {
        let broker = BrokerConfiguration(urls: [try BrokerURL(url)], connectionName: "portal")
        let frontEnd = broker.urls[0].user
        client = LoginClient(broker: broker, frontEnd: frontEnd, logger: logger)
        listener = StatusListener(broker: broker, frontEnd: frontEnd, logger: logger)
    }

    /// Keeps both connected until the task is cancelled.
    func run() async {
        await withTaskGroup { group in
            group.addTask { await client.run() }
            group.addTask { await listener.run() }
        }
    }
}

/// What a sign-in page shows next.
enum Screen: Equatable {
    case enter
    case choose([Method])
    case register
    case message(String)
}

extension Portal {
    /// The first question of every sign-in.
    func begin(_ login: Job.Login) async throws -> Screen {
        let options = try await client.options(of: login, AskOptions(patience: .seconds(5)))
        guard options.outcome == .options else { return .message(options.message) }
        switch options.decision {
        case "not_required": return .enter
        case "verify": return .choose(working(options.methods ?? []))
        case "register": return .register
        default: return .message(options.message)
        }
    }

    /// Those of the person that can be used, and that Twilio is not known to fail at.
    private func working(_ methods: [Reply.MethodState]) -> [Method] {
        let channels = listener.status?.channels ?? [:]
        return methods.filter(\.usable).map(\.method).filter { method in
            switch channels[method.rawValue]?.state {
            case .down, .off: false
            case .ok, .slow, nil: true
            }
        }
    }
}

extension Portal {
    /// Texts the code.
    ///
    /// The form's id is the job's: sent twice it is one text.
    func text(_ login: Job.Login, form: String) async throws -> Reply {
        let once = AskOptions(messageID: form, patience: .seconds(20))
        do {
            return try await client.send(by: .sms, for: login, once)
        } catch let error as ClientError where error.code == .timeout {
            // The text may have gone out all the same: under the same id it does not go out again.
            return try await client.send(by: .sms, for: login, once)
        }
    }

    /// Whether what the person typed lets them in.
    func check(_ typed: String, of login: Job.Login) async throws -> Bool {
        let reply = try await client.check(Redacted(typed), method: .phone, for: login)
        return reply.outcome == .approved
    }
}
