import AMQP
import Pipeline
import Store
import TwilioVerify
import Wire
import Worker

/// The values that labels are known to have, so that a series stands at 0 before its first event: what is rare would
/// otherwise begin at 1, and no alert on its increase would see that.
///
/// What only Twilio knows (error codes), and what only a job's rules know (which reason goes with which outcome), begins with
/// its first event.
enum KnownLabels {
    /// What a routing key that is no job's is called.
    static let other = "other"
    static let operations = JobKind.allCases.map(\.rawValue) + [other]
    static let lanes = LaneName.allCases.map(\.rawValue)
    /// A job comes by its own lane, whatever is no job by any.
    static let routes = JobKind.allCases.map { [$0.lane.rawValue, $0.rawValue] } + lanes.map { [$0, other] }
    static let results = SettledJob.Result.allCases.map(\.rawValue)
    static let fates = ReplyFate.allCases.map(\.rawValue)
    static let applications = Application.allCases.map(\.rawValue)
    static let outcomes = Outcome.allCases.map(\.rawValue)
    static let deadLetterReasons = DeadLetterReason.allCases.map(\.rawValue)
    static let endpoints = TwilioOperation.allCases.map(\.rawValue)
    static let requestResults = ["success"] + CallFailure.Result.allCases.map(\.label)
    /// What a code comes from.
    static let methods = Wire.Method.allCases.map(\.rawValue)
    static let channels = Wire.Channel.allCases.map(\.rawValue)
    /// What a registration of an authenticator comes to.
    static let factorEvents = FactorEvent.allCases.map(\.rawValue)
    static let calls = Pipeline.calls
    /// Why a call that surely did nothing failed.
    static let repeatable = CallFailure.Result.allCases.map(\.label)
    /// Of AMQP, and one for all that it does not have.
    static let replyCodes = BrokerTally.replyCodes.map(String.init) + [other]
    /// By the store's own names of its operations, as metrics spell them.
    static let storeNames = Dictionary(uniqueKeysWithValues: storeCalls.map { ($0, snakeCase($0)) })
    static let storeOperations = storeCalls.map { snakeCase($0) }
    private static let storeCalls = [
        "auditRows", "beat", "begin", "brakes", "countOutcomes", "end", "enrolment", "finish", "leaseCalls", "leave",
        "letters",
        "outcomes",
        "probe",
        "refuse", "release", "renew", "settle", "situation", "snapshots", "state", "sweep", "takeDueChores",
        "takeDueLetters", "takeRead", "workers",
    ]
    static let storeResults = ["ok"] + StoreError.Code.labels
    /// Tables of which a record that cannot be read ends a job, or is passed over.
    static let tables = [
        "approval", "audit", "bypass", "challenge", "code", "dead_letter", "enrolment", "history", "job", "pace",
        "pending", "provider_chore", "tally", "user", "worker", "worker_order",
    ]

    /// `takeDueChores` as `take_due_chores`.
    private static func snakeCase(_ name: String) -> String {
        name.map { $0.isUppercase ? "_\($0.lowercased())" : String($0) }.joined()
    }

    /// Every value of each with every value of the others.
    static func all(_ lists: [String]...) -> [[String]] {
        lists.reduce([[]]) { rows, list in rows.flatMap { row in list.map { row + [$0] } } }
    }

    /// Each row with every value.
    static func all(_ rows: [[String]], _ list: [String]) -> [[String]] {
        rows.flatMap { row in list.map { row + [$0] } }
    }
}

/// What becomes of the registration of an authenticator.
enum FactorEvent: String, CaseIterable {
    /// Twilio has made it, and the person was shown its secret.
    case created
    /// Its first code was right.
    case verified
    /// Twilio did not make it.
    case failed
}
