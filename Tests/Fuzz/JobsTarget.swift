import Basics
import Foundation

@testable import Wire
@testable import Worker

/// A job as the worker sees it, from the delivery to the decoded job.
enum JobsTarget {
    static let now = Timestamp(seconds: 1_800_000_000)

    static func run(_ input: [UInt8]) throws(BrokenPromise) -> String {
        let job = JobInput(input)
        let envelope = EnvelopeReader.envelope(job.delivery, lane: job.lane, receivedAt: now)
        let word = try check(JobDecoder().read(envelope), of: envelope)
        try SecretPromise(envelope, input: input)?.check()
        return word
    }

    /// What holds of any message, whatever came of it.
    static func check(_ read: ReadJob, of envelope: Envelope) throws(BrokenPromise) -> String {
        try insist(read.deadline <= envelope.receivedAt + .seconds(120), "a deadline beyond all patience")
        try insist(envelope.traceparent.map { $0.utf8.count == 55 } ?? true, "a traceparent of another length")
        try insist(envelope.deliveryCount >= 0, "a negative count of deliveries")
        try check(ReplyAddress(envelope.replyTo, prefixes: [WireName.replyPrefix]))
        switch read.content {
        case .job(let job):
            try JobPromise(job: job, read: read, envelope: envelope).check()
            return "job"
        case .invalid(_, let problems, _):
            try insist(!problems.isEmpty, "invalid without a field that is named")
            for problem in problems { try check(problem) }
            return "invalid"
        case .late: return "late"
        case .unexpected: return "unexpected"
        }
    }

    private static func check(_ problem: FieldProblem) throws(BrokenPromise) {
        try insist(isWord(problem.reason), "a reason that is no word")
        try insist(
            problem.field.isEmpty || problem.field.hasPrefix("options.") || isWord(problem.field),
            "a field that is no field's name")
    }

    private static func isWord(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || [0x2E, 0x5F].contains($0)
            }
    }

    private static func check(_ address: ReplyAddress) throws(BrokenPromise) {
        guard let key = address.routingKey else { return }
        let prefixes = [WireName.replyPrefix, WireName.serverNamedPrefix, WireName.directReplyPrefix]
        try insist(prefixes.contains(where: key.hasPrefix), "a reply to an address of another kind")
        try insist(key.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "an address that is not printable")
    }
}
