import AMQP
import Logging

/// Whether exchanges and queues are there, and have the contract's arguments.
///
/// Declares nothing that is not there.
struct TopologyCheck: DoctorCheck {
    /// An exchange or a queue of the contract.
    enum Part: Sendable {
        case exchange(ExchangeDeclaration)
        case queue(QueueDeclaration)

        var name: String {
            switch self {
            case .exchange(let exchange): "exchange \(exchange.name)"
            case .queue(let queue): "queue \(queue.name)"
            }
        }
    }

    /// What the broker says of a part.
    enum Answer: Sendable, Equatable {
        case right, missing
        case differs(String)
        /// There, but this user may not compare.
        case notCompared
        /// The broker does not tell this user whether it is there.
        case notTold
        case failed(String)
    }

    var settings: Settings
    var logger: Logger

    static let parts = TopologyPlan.exchanges.map(Part.exchange) + TopologyPlan.queues.map(Part.queue)

    func findings() async -> [Finding] {
        let broker: BrokerConfiguration
        do { broker = try settings.broker(name: "verify-courier doctor") } catch {
            return [.notChecked("topology", error)]
        }
        var answers: [(String, Answer)] = []
        for part in Self.parts {
            let answer = await ask(part, broker)
            answers.append((part.name, answer))
            // Nothing more can be learnt from a broker that is not there.
            if case .failed = answer { break }
        }
        return [Self.judge(answers)]
    }

    /// A connection each, since a "no" closes it.
    ///
    /// First passively: declaring what is missing would make it.
    private func ask(_ part: Part, _ broker: BrokerConfiguration) async -> Answer {
        do {
            return try await BrokerAdmin.withConnection(broker, logger: logger) { admin in
                switch part {
                case .exchange(let exchange):
                    try await admin.requireExchange(exchange.name)
                    return try await Self.compare { try await admin.declareExchange(exchange) }
                case .queue(let queue):
                    _ = try await admin.messageCount(of: queue.name)
                    return try await Self.compare { try await admin.declareQueue(queue) }
                }
            }
        } catch let error as AMQPError where error.code == .notFound {
            return .missing
        } catch let error as AMQPError where error.code == .accessRefused {
            return .notTold
        } catch {
            return .failed("\(error)")
        }
    }

    private static func compare(_ declare: () async throws -> Void) async throws -> Answer {
        do {
            try await declare()
            return .right
        } catch let error as AMQPError where error.code == .preconditionFailed {
            return .differs(TopologyDifference(error.message)?.description ?? error.message)
        } catch let error as AMQPError where error.code == .accessRefused {
            return .notCompared
        }
    }

    static func judge(_ answers: [(String, Answer)]) -> Finding {
        var issues: [Finding.Issue] = []
        let missing = answers.filter { $0.1 == .missing }.map(\.0)
        if !missing.isEmpty {
            issues.append(.fail("missing: \(missing.joined(separator: ", ")); run 'verify-courier topology apply'"))
        }
        for (name, answer) in answers {
            switch answer {
            case .differs(let difference):
                issues.append(.fail("\(difference); empty and delete it, then run 'verify-courier topology apply'"))
            case .failed(let text): issues.append(.fail("\(name): \(text)"))
            case .right, .missing, .notCompared, .notTold: break
            }
        }
        let notTold = answers.filter { $0.1 == .notTold }.map(\.0)
        if !notTold.isEmpty {
            issues.append(
                .warn("not told whether these are there: \(notTold.joined(separator: ", ")); ask as a user who may"))
        }
        let notCompared = answers.filter { $0.1 == .notCompared }.count
        let note =
            notCompared == 0 ? ", as the contract has them" : "; this user may not compare arguments of \(notCompared)"
        return Finding("topology", well: "\(answers.count) exchanges and queues\(note)", issues)
    }
}

/// The broker's words for an argument that differs, understood.
struct TopologyDifference: Equatable, CustomStringConvertible {
    var part: String
    var argument: String
    var wanted: String
    var found: String

    var description: String { "\(part) has \(argument) \(found), and must have \(wanted)" }

    /// From `PRECONDITION_FAILED - inequivalent arg 'x' for queue 'q' in vhost '/': received 'a' but current is 'b'`,
    /// where either may also be `none` or `the value 'a' of type 'long'`.
    init?(_ text: String) {
        let pattern =
            /inequivalent arg '([^']+)' for (queue|exchange) '([^']+)' in vhost '[^']*': received (?:the value )?'?([^' ]*)'?.* but current is (?:the value )?'?([^' ]*)'?/
        guard let match = try? pattern.firstMatch(in: text) else { return nil }
        argument = String(match.1)
        part = "\(match.2) \(match.3)"
        wanted = String(match.4)
        found = String(match.5)
    }
}
