import AMQP
import Basics
import Foundation
import TestKit
import Testing
import TwilioSimulator
import Wire

/// The hostile inputs, one suite after the other: each has a worker process of its own.
@Suite(.serialized, .timeLimit(.minutes(10))) struct Hostile {}

/// A stage with one worker, somebody who publishes what no front end would, and a mailbox for what is answered.
final class HostileScene: Sendable {
    let stage: Stage
    let worker: WorkerProcess
    let raw: RawPublisher
    let mailbox: Mailbox
    /// The broker user that publishes, where front ends are told apart.
    let frontEnd: BrokerUser?
    private let startMemory: Locked<Int>

    /// - Parameter frontEnds: as the key `front_ends`; the first is the one that publishes. Everybody may do everything
    ///   at the broker, so that it is the worker who has to tell them apart.
    init(_ more: [String: String] = [:], frontEnds: [BrokerUser] = []) async throws {
        var more = more
        if !frontEnds.isEmpty {
            more["VERIFY_COURIER_FRONT_ENDS"] = frontEnds.map { "\($0.name)=\($0.role)" }.joined(separator: ",")
        }
        stage = try await Stage(more)
        try await stage.add(frontEnds)
        worker = try stage.worker()
        frontEnd = frontEnds.first
        raw = try RawPublisher(url: stage.url(of: frontEnd))
        mailbox = try await Mailbox(stage.brokerURL, of: frontEnd?.name ?? "mailbox")
        startMemory = Locked(0)
        #expect(try await answer(to: message(.options)).outcome == .options)
        let memory = try #require(worker.usage).residentBytes
        startMemory.withLock { $0 = memory }
    }

    /// A good message, to be spoilt, with an id and correlation id of its own.
    func message(_ key: JobKind, _ body: String = #"{"user":"anna","channel":"sms"}"#) -> RawMessage {
        var message = RawMessage(key.rawValue, body)
        message.messageID = Array(RandomID.uuid().utf8)
        message.correlationID = Array(RandomID.hex(bytes: 8).utf8)
        message.replyTo = mailbox.address
        message.userID = frontEnd?.name
        return message
    }

    func message(_ key: JobKind, bytes: [UInt8]) -> RawMessage {
        var message = message(key)
        message.body = bytes
        return message
    }

    /// Publishes, and awaits the reply.
    func delivery(to message: RawMessage) async throws -> Delivery {
        let fate = try await raw.publish(message)
        try #require(fate == .confirmed)
        return noted(try await mailbox.reply(to: try #require(message.correlationID ?? message.messageID)), to: message)
    }

    /// The answer to one that was published before.
    func answer(ofPublished message: RawMessage) async throws -> Reply {
        try noted(await mailbox.reply(to: try #require(message.correlationID)), to: message).reply
    }

    private func noted(_ delivery: Delivery, to message: RawMessage) -> Delivery {
        WireCapture.note(message.key, job: message.body, reply: delivery.bytes)
        return delivery
    }

    func hasAnswered(_ message: RawMessage) -> Bool {
        mailbox.arrivals.all.contains { $0.properties.correlationID == message.correlationID }
    }

    func answer(to message: RawMessage) async throws -> Reply {
        try await delivery(to: message).reply
    }

    /// What `invalid` named, as `field reason`.
    func problems(_ message: RawMessage) async throws -> [String] {
        let reply = try await answer(to: message)
        #expect(reply.outcome == .invalid)
        return (reply.errors ?? []).map { "\($0.field) \($0.reason)" }
    }

    /// The lanes move on, the worker has not grown, it ends well, nothing is left in a queue, and Twilio heard of
    /// nothing.
    /// - Parameter calls: how many calls Twilio should have got.
    /// - Returns: the dead letters.
    func end(calls: Int = 0, growth: Int = 64 << 20) async throws -> [DeadRow] {
        // One after the other in every lane: whatever was published before it was taken.
        for kind in [JobKind.send, .check, .options] {
            let body = #"{"user":"nobody","channel":"sms","code":"123456"}"#
            let reply = try await answer(to: message(kind, body))
            #expect([.notAllowed, .invalid, .options, .throttled].contains(reply.outcome))
        }
        let memory = try #require(worker.usage).residentBytes
        let start = startMemory.withLock { $0 }
        #expect(memory - start < growth, "from \(start) to \(memory) bytes")
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
        for queue in LaneName.allCases.map(\.queue) + [WireName.dead] {
            #expect(try await stage.waiting(in: queue) == 0, "\(queue) is not empty")
        }
        #expect(stage.simulator.requests(.start) + stage.simulator.requests(.check) == calls)
        return try await stage.deadLetters()
    }
}
