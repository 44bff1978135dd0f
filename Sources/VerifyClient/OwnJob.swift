import AMQP
import Basics
import Wire

/// A job that this client asks for.
struct OwnJob: Sendable {
    let kind: JobKind
    let body: [UInt8]
    let messageID: String
    let askedAt: Timestamp
    let patience: Duration
    /// What tells its reply from others.
    let correlation = RandomID.hex(bytes: 16)

    /// When the person stops waiting.
    var deadline: Timestamp { askedAt + patience }

    /// The same at each call but for the address, so that the broker's user and the workers see one job.
    func message(from user: String?, replyTo queue: String) -> Message {
        var properties = MessageProperties()
        properties.contentType = "application/json"
        properties.deliveryMode = 2
        properties.messageID = messageID
        properties.correlationID = Array(correlation.utf8)
        properties.replyTo = queue
        properties.userID = user
        properties.type = "verify.\(kind.rawValue).v1"
        properties.timestamp = UInt64(clamping: askedAt.wholeSeconds)
        properties.headers = FieldTable([("deadline", .string(Array(deadline.description.utf8)))])
        return Message(
            exchange: WireName.jobs, routingKey: kind.rawValue, mandatory: true, properties: properties, body: body)
    }
}

extension ClientError {
    /// `nil` where the broker has taken the job.
    init?(_ outcome: PublishOutcome, _ kind: JobKind) {
        switch outcome {
        case .confirmed: return nil
        case .returned:
            self.init(
                code: .unroutable,
                message: "no queue takes '\(kind.rawValue)': run 'verify-courier topology apply' first")
        case .refused:
            self.init(code: .refused, message: "the broker refused the job: its lane is full")
        }
    }
}
