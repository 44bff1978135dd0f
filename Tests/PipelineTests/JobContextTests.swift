import Basics
import Store
import Testing
import Wire

@testable import Pipeline

@Suite("JobContext") struct JobContextTests {
    private func context(id: String? = "m-1", correlationID: [UInt8]? = nil) -> JobContext {
        var envelope = Envelope(
            lane: .send, exchange: "verify", routingKey: "send",
            body: .bytes(Array(#"{"user":"u","channel":"sms"}"#.utf8)),
            receivedAt: Timestamp(seconds: 1_800_000_000))
        envelope.contentType = "application/json"
        (envelope.messageID, envelope.correlationID) = (id, correlationID)
        (envelope.replyTo, envelope.traceparent) = ("verify.reply.web.1", "00-a-b-01")
        return JobContext(envelope, slot: NoSlot())
    }

    @Test("the message is read when it comes") func read() {
        let context = context()
        guard case .job(let job) = context.read.content else {
            Issue.record("no job")
            return
        }
        #expect(job.kind == .send && context.read.messageID == "m-1" && context.read.user == "u")
    }

    @Test("nothing is published while nobody may be answered; the outcome is noted all the same") func unanswered() {
        let context = context()
        context.answer([1], .sent, of: JobKey(frontEnd: "", messageID: "m-1"))
        #expect(context.disposition.publication == nil)
        #expect(context.disposition.outcome == .sent && context.disposition.key?.messageID == "m-1")
    }

    @Test(
        "2 correlation_id, message_id: a reply carries the message's own correlation, else its id, as far as there is room"
    )
    func properties() throws {
        func publication(_ id: String?, _ correlationID: [UInt8]?) throws -> Disposition.Publication {
            let context = context(id: id, correlationID: correlationID)
            context.address = .queue("verify.reply.web.1")
            context.answer([1], .sent)
            return try #require(context.disposition.publication)
        }
        let own = try publication("m-1", [1, 2])
        #expect(own.messageID == "r:m-1" && own.correlationID == [1, 2] && own.traceparent == "00-a-b-01")
        #expect(own.type == "verify.send.result.v1" && own.address == .queue("verify.reply.web.1"))
        #expect(try publication("m-1", nil).correlationID == Array("m-1".utf8))
        #expect(try publication("m-1", Array(repeating: 1, count: 129)).correlationID == Array("m-1".utf8))
        #expect(try publication(nil, nil).messageID == nil)
        let long = String(repeating: "m", count: 254)
        #expect(try publication(long, nil).messageID == nil)
        #expect(try publication(long, nil).correlationID == Array(long.utf8))
        #expect(try publication(long + "mm", nil).correlationID == nil)
    }

    @Test("what the store could not take is begun anew, with nothing left of the first time") func reset() {
        let context = context()
        context.address = .queue("verify.reply.web.1")
        context.answer([1], .denied, of: JobKey(frontEnd: "", messageID: "m-1"))
        (context.disposition.deadLetter, context.disposition.unknownFields) = (.poison, 3)
        context.reset()
        #expect(context.address == .none && context.disposition.publication == nil)
        #expect(context.disposition.key == nil && context.disposition.outcome == nil)
        #expect(context.disposition.deadLetter == nil && context.disposition.unknownFields == 0)
    }

    @Test("a reply that may not be given any more gives way to another, which is no secret") func lapse() throws {
        let context = context()
        context.address = .queue("verify.reply.web.1")
        let end = Timestamp(seconds: 1_800_000_100)
        let reply = Reply(.approved, at: Timestamp(seconds: 1_800_000_000))
        let record = RecordedReply(
            key: JobKey(frontEnd: "web", messageID: "m-1"), kind: .check, user: "u", outcome: .approved,
            body: reply.encoded(), deadline: end, state: .pending)
        context.answer(
            record.body, .approved, of: record.key, isSecret: true,
            lapse: Disposition.Lapse(of: record, at: end, .alreadyUsed))
        let publication = try #require(context.disposition.publication)
        #expect(publication.body(at: end) == record.body && publication.isSecret(at: end))
        let later = end + .milliseconds(1)
        #expect(!publication.isSecret(at: later))
        let lapsed = try Reply.decode(publication.body(at: later))
        #expect(
            lapsed.outcome == .expired && lapsed.reason == .alreadyUsed && lapsed.user == "u" && lapsed.job == "m-1")
    }
}
