import Basics
import Store
import TestKit
import Testing
import Wire

typealias World = StoreWorld

enum Sample {
    static let text = "+15005550142"

    static func number(_ text: String = text) throws -> E164 { try #require(E164(text)) }

    static func job(
        _ id: String, kind: JobKind = .send, body: String = "body", user: String = "ada", login: String = "",
        number: String? = text
    ) -> NewJob {
        NewJob(
            key: JobKey(frontEnd: "portal", messageID: id), kind: kind, body: Redacted(Array(body.utf8)),
            login: Job.Login(user: user, login: login, client: "10.0.0.9", locale: "en"),
            place: number.flatMap(E164.init).map { NumberPlace(number: $0, region: "US", isLandline: false) },
            receivedAt: Timestamp(seconds: 1_800_000_000),
            deadline: Timestamp(seconds: 1_800_000_060))
    }

    static func place(_ text: String = text) throws -> NumberPlace {
        NumberPlace(number: try number(text), region: "US", isLandline: false)
    }

    static let call: PlannedCall = {
        guard let place = try? place() else { preconditionFailure("the sample is a number") }
        return .send(PlannedSend(place: place, channel: .sms, locale: "en", purpose: .login))
    }()
    static let calling: @Sendable (Situation) -> Decision = { _ in .call(call, changes: []) }
    static func answer(_ outcome: Outcome = .sent, _ changes: [Change] = []) -> Answer {
        Answer(outcome: outcome, reason: nil, body: Array("reply".utf8), changes: changes)
    }
}

extension Begun {
    var intent: Intent? { if case .intent(let intent) = self { intent } else { nil } }
    var abandoned: Intent? { if case .abandoned(let intent) = self { intent } else { nil } }
    var recorded: RecordedReply? { if case .recorded(let reply, _) = self { reply } else { nil } }
    var isFresh: Bool { if case .recorded(_, true) = self { true } else { false } }
    var isReused: Bool { if case .reused = self { true } else { false } }
    var isInProgress: Bool { if case .inProgress = self { true } else { false } }
    var busy: JobKey? { if case .busy(let key) = self { key } else { nil } }
}

extension Finished {
    var recorded: RecordedReply? { if case .recorded(let reply) = self { reply } else { nil } }
}

extension JobState {
    var name: String {
        switch self {
        case .unknown: "unknown"
        case .inProgress: "inProgress"
        case .recorded: "recorded"
        }
    }
}

extension Sample {
    /// An intent that no store has seen, of the job `one`.
    static let intent = Intent(
        key: job("one").key, kind: .send, login: job("one").login, call: call, generation: 0, fence: 1, begins: 1,
        leaseUntil: MonotonicTime(nanoseconds: 0), begunAt: Timestamp(seconds: 0), deadline: Timestamp(seconds: 0))
}
