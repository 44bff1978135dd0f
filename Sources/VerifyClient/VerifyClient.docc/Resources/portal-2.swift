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
