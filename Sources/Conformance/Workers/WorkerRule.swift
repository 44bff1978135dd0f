/// A rule of the contract that a worker broke.
package enum WorkerRule: String, CaseIterable, Sendable {
    case noReply = "no-reply"
    case answeredTwice = "answered-twice"
    case answeredElsewhere = "answered-elsewhere"
    case correlation
    case property
    case trace
    case body
    case missingField = "missing-field"
    case secret
    case outcome
    case letIn = "let-in"
    case wrongCode = "wrong-code"
    case outage
    case sentTwice = "sent-twice"
    case sentLate = "sent-late"
    case answeredAnew = "answered-anew"
    case reusedID = "reused-id"
    case refusedUnknown = "refused-unknown"
    case tookMalformed = "took-malformed"
    case noRecord = "no-record"
    case othersRecord = "others-record"
    case lostReply = "lost-reply"
    case heldUp = "held-up"

    /// What to do about it.
    package var advice: String {
        switch self {
        case .noReply: "answer every job that names an allowed address, malformed ones too"
        case .answeredTwice: "publish a reply once, and again only when its confirm was lost"
        case .answeredElsewhere:
            "answer jobs from the exchange 'verify' alone, and to allowed addresses alone; keep the rest as dead letters"
        case .correlation: "echo correlation_id byte for byte; without one take the job's message_id"
        case .property:
            "set content_type, type verify.<key>.result.v1, message_id r:<job's>, timestamp, user_id; delivery_mode 2, but not "
                + "with a secret"
        case .trace: "hand the header traceparent on with the reply"
        case .body: "write one JSON object by the schema of the reply: docs/contract/schemas"
        case .missingField: "write every field that the contract asks of this outcome: front ends go by them"
        case .secret: "no code, no whole number in a reply; a secret only while its enrolment is open"
        case .outcome: "answer with the outcome that the contract has for this"
        case .letIn: "'approved' is for the right code of this very login alone, once"
        case .wrongCode: "a wrong code is 'denied', counted, and never an outage"
        case .outage: "an outage is 'unavailable', or 'uncertain' where it may have worked; never a wrong code"
        case .sentTwice: "commit the intent before the call, and never send again on a guess: one job is one message"
        case .sentLate: "begin nothing with less than two seconds to the deadline: answer 'late'"
        case .answeredAnew: "answer a known message_id with what is recorded, to the repeat's own address"
        case .reusedID: "the same message_id with another body or key is 'invalid' / 'message_id_reused'"
        case .refusedUnknown: "pass over fields and headers that you do not know, and take null for absence"
        case .tookMalformed:
            "a wrong type, a duplicate key, an unknown value is 'invalid', with 'errors' that name the field"
        case .noRecord: "record the outcome before the reply, and keep it for 48 hours, whoever hears it"
        case .othersRecord: "say of a job of another user, or of none, 'unknown_job' / 'no_record'"
        case .lostReply: "await the broker's confirm before the job is acknowledged; publish again what it refused"
        case .heldUp: "give each lane its own consumer, prefetch and slots: none waits for another"
        }
    }
}

/// What a worker did wrong.
///
/// It holds no code, secret or number.
package struct WorkerFinding: Sendable, Hashable, CustomStringConvertible {
    package var rule: WorkerRule
    /// What was seen.
    package var detail: String

    package var description: String { "\(rule.rawValue): \(detail); \(rule.advice)" }
}
