import Basics
import Store
public import Wire

/// One message on its way from delivery to acknowledgement: what came, what was read of it, where its answer goes, and what
/// has come of it so far.
///
/// Handed down by reference: values of this size would be copied into the frame of every function that waits. Not Sendable, since
/// one task at a time has it.
public final class JobContext {
    /// The message as it came.
    public let envelope: Envelope
    /// What was read of it.
    public let read: ReadJob
    let slot: any Slot
    /// Where the answer goes; `none` until the message was admitted.
    var address = ReplyAddress.none
    /// What is left to do with the message.
    public internal(set) var disposition = Disposition()

    /// Reads the message.
    ///
    /// - Parameter slot: the place that the job takes in its lane.
    public init(_ envelope: Envelope, slot: any Slot) {
        self.envelope = envelope
        self.slot = slot
        read = JobDecoder().read(envelope)
    }

    /// As if nothing had been done with it: what the store could not take is begun anew.
    func reset() {
        address = .none
        disposition = Disposition()
    }

    var bytes: [UInt8] {
        switch envelope.body {
        case .bytes(let bytes): bytes
        case .tooLarge: []
        }
    }

    /// Answers with these bytes.
    ///
    /// - Parameters:
    ///   - key: the record that they are of; `nil` for an answer that is not recorded.
    ///   - isSecret: they carry what may not be written to the broker's disk.
    ///   - lapse: until when they may be given.
    func answer(
        _ body: [UInt8], _ outcome: Outcome, of key: JobKey? = nil, isSecret: Bool = false,
        lapse: Disposition.Lapse? = nil
    ) {
        disposition.key = key
        disposition.outcome = outcome
        guard address.routingKey != nil else { return }
        let (id, correlationID) = (envelope.messageID, envelope.correlationID)
        disposition.publication = Disposition.Publication(
            address: address, body: body, type: "verify.\(envelope.routingKey).result.v1",
            messageID: id.flatMap { $0.utf8.count <= 253 ? "r:\($0)" : nil },
            correlationID: correlationID.flatMap { $0.count <= 128 ? $0 : nil }
                ?? id.flatMap { $0.utf8.count <= 255 ? Array($0.utf8) : nil },
            traceparent: envelope.traceparent, isSecret: isSecret, lapse: lapse)
    }

    func answer(_ reply: Reply) { answer(reply.encoded(), reply.outcome) }
}

extension ReplyDraft {
    /// As much as could be read of a message.
    init(_ context: JobContext) {
        self.init(job: context.read.messageID, user: context.read.user, application: context.read.application)
    }
}
