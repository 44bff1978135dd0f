import Basics
public import Logging
import Store
import Wire

/// Puts dead letters through the pipeline again when their turn comes.
///
/// Key, body and front end come from the store, never from a message, under a fresh message id that names letter and
/// turn: a turn that a crash interrupted is taken again, and has one effect.
public struct Replayer: Sendable {
    private static let pause: Duration = .milliseconds(500)
    private static let atOnce = 16

    private let pipeline: Pipeline
    private let logger: Logger

    init(pipeline: Pipeline, logger: Logger) {
        self.pipeline = pipeline
        self.logger = logger
    }

    /// Looks for letters that are due until the task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            do throws(StoreError) {
                for row in try await pipeline.store.takeDueLetters(limit: Self.atOnce) { try await replay(row) }
            } catch {
                logger.debug("no replays: the store cannot be used", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: Self.pause)
        }
    }

    /// One letter's turn: carried to an outcome of its own, and noted.
    ///
    /// Its person may have stopped waiting while the store or this worker was held up: then it waits to be asked for
    /// anew.
    func replay(_ row: DeadLetterRow) async throws(StoreError) {
        if let deadline = row.letter.deadline, deadline - pipeline.clocks.wall() < ReplyDraft.leastTime {
            logger.info("dead letter is too late to be replayed", metadata: ["letter": "\(row.id)"])
            return try await note(row, .waiting)
        }
        if let envelope = envelope(row) {
            let context = JobContext(envelope, slot: NoSlot())
            try await pipeline.process(context)
            logger.info(
                "dead letter replayed",
                metadata: ["letter": "\(row.id)", "outcome": "\(context.disposition.outcome?.rawValue ?? "none")"])
        }
        try await note(row, .replayed)
    }

    private func note(_ row: DeadLetterRow, _ state: DeadLetterState) async throws(StoreError) {
        let done = Answer(outcome: .done, reason: nil, body: [], changes: [.letters([row.id], state, dueAt: [])])
        _ = try await pipeline.store.refuse(nil, answer: done)
    }

    private func envelope(_ row: DeadLetterRow) -> Envelope? {
        guard let kind = JobKind(rawValue: row.letter.routingKey) else { return nil }
        var envelope = Envelope(
            lane: kind.lane, exchange: WireName.jobs, routingKey: kind.rawValue,
            body: .bytes(row.letter.body.revealed), receivedAt: pipeline.clocks.wall())
        envelope.contentType = "application/json"
        envelope.messageID = Self.messageID(row)
        envelope.deadline = row.letter.deadline?.description
        envelope.userID = row.letter.frontEnd.isEmpty ? nil : row.letter.frontEnd
        return envelope
    }

    /// `replay.<letter>.<turn>:<old id>`, as far as there is room and the old one is in form.
    static func messageID(_ row: DeadLetterRow) -> String {
        let id = "replay.\(row.id).\(row.replays + 1)"
        guard let old = row.letter.messageID, MessageID.isValid(old) else { return id }
        return String("\(id):\(old)".prefix(64))
    }
}

extension Pipeline {
    /// Puts dead letters through this pipeline.
    public func replayer(logger: Logger) -> Replayer { Replayer(pipeline: self, logger: logger) }
}
