public import Basics
public import Store
public import Wire

/// What is left to do with a message once its outcome is on disk: publish this, then acknowledge.
public struct Disposition: Sendable {
    /// A reply as it goes to the broker.
    public final class Publication: Sendable {
        /// Where the reply goes.
        public let address: ReplyAddress
        /// As it may be given when it was made; whoever publishes it asks for ``body(at:)``.
        public let body: [UInt8]
        /// The property `type`: `verify.<key>.result.v1`.
        public let type: String
        /// `r:<job's message id>`, so that a repeated reply is known as one.
        public let messageID: String?
        /// The job's own, echoed byte for byte.
        public let correlationID: [UInt8]?
        /// The job's own header `traceparent`.
        public let traceparent: String?
        /// ``body`` carries what may not be written to the broker's disk.
        private let isSecret: Bool
        private let lapse: Lapse?

        init(
            address: ReplyAddress, body: [UInt8], type: String, messageID: String? = nil,
            correlationID: [UInt8]? = nil, traceparent: String? = nil, isSecret: Bool = false, lapse: Lapse? = nil
        ) {
            self.address = address
            self.body = body
            self.type = type
            self.messageID = messageID
            self.correlationID = correlationID
            self.traceparent = traceparent
            self.isSecret = isSecret
            self.lapse = lapse
        }

        /// The body as it may be given then: publishing may take longer than an approval or a secret is good for.
        public func body(at now: Timestamp) -> [UInt8] {
            lapsed(at: now).map { $0.body(at: now) } ?? body
        }

        /// Whether that body carries what may not be written to the broker's disk.
        ///
        /// What stands for a secret that may not be given any more is none.
        public func isSecret(at now: Timestamp) -> Bool { isSecret && lapsed(at: now) == nil }

        private func lapsed(at now: Timestamp) -> Lapse? { lapse.flatMap { now > $0.at ? $0 : nil } }
    }

    /// When a reply may not be given any more, and what is given then.
    final class Lapse: Sendable {
        let at: Timestamp
        private let record: RecordedReply
        private let reason: Reason

        init(of record: RecordedReply, at: Timestamp, _ reason: Reason) {
            self.record = record
            self.at = at
            self.reason = reason
        }

        func body(at now: Timestamp) -> [UInt8] {
            let draft = ReplyDraft(id: record.key.messageID, kind: record.kind, login: Job.Login(user: record.user))
            let application = (try? Reply.decode(record.body))?.application
            return draft.reply(.expired, reason, at: now) { $0.application = application }.encoded()
        }
    }

    /// The record that the reply belongs to; `nil` for answers that are not recorded.
    public var key: JobKey?
    /// How the job ended; `nil` where nothing is answered.
    public var outcome: Outcome?
    /// The outcome, if it was recorded just now and not found.
    public var fresh: RecordedReply?
    /// Outcomes of other jobs that their workers left behind and this one recorded on its way.
    public var resumed: [RecordedReply] = []
    /// The reply; `nil` where nothing is answered, or nobody can be reached.
    public var publication: Publication?
    /// Why the message was kept as a dead letter, if it was.
    public var deadLetter: DeadLetterReason?
    /// Fields of the body that nobody knows; they were passed over.
    public var unknownFields = 0
    /// Fields in which a person mistyped something; the job was answered `invalid` and is not kept.
    public var mistypedFields: Set<String> = []
}

/// Leaves a job as it is when its task is cancelled, instead of waiting without any pause: whoever gets it next carries
/// it on.
func throwIfStopping() throws(StoreError) {
    if Task.isCancelled { throw StoreError(.stopping, "The worker is stopping; the job stays as it is.") }
}

/// The place that a job takes in its lane while it works.
///
/// A job that waits for another gives it up meanwhile.
public protocol Slot: Sendable {
    func release() async
    func acquire() async
}
