import Basics
import Foundation
import TestKit
import Testing
import TwilioSimulator
import Wire

/// SIGTERM at every stage of a worker's life (H37).
@Suite(.serialized, .timeLimit(.minutes(10))) struct TerminationTests {
    private let registration = #"{"user":"anna","login":"sign-in-1","channel":"sms","phone":"+14155550142"}"#

    @Test("idle: it ends with 0")
    func idle() async throws {
        let scene = try await HostileScene()
        #expect(try await scene.end().isEmpty)
    }

    @Test("while it starts: it ends with 0, and has taken nothing")
    func starting() async throws {
        let stage = try await Stage()
        // Nobody listens there, so the worker waits for the broker.
        let worker = try stage.worker(more: ["VERIFY_COURIER_BROKER_URL": "amqp://guest:guest@127.0.0.1:1"])
        try await worker.waitUntilSIGTERMIsHandled()
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
    }

    @Test("at any moment of the start: whatever it had taken by then is seen through by the next worker")
    func anyMoment() async throws {
        let stage = try await Stage()
        let raw = try RawPublisher(url: stage.brokerURL)
        let mailbox = try await Mailbox(stage.brokerURL)
        for round in 0..<12 {
            var message = RawMessage("send", #"{"user":"anna","channel":"sms"}"#)
            message.messageID = Array("round-\(round)".utf8)
            message.replyTo = mailbox.address
            #expect(try await raw.publish(message) == .confirmed)
            let worker = try stage.worker()
            try await worker.waitUntilSIGTERMIsHandled()
            // Not to wait for anything, but to hit another moment each time.
            try await Task.sleep(for: .milliseconds(round * 25))
            worker.kill(SIGTERM)
            #expect(await worker.waitUntilEnd() == 0)
        }
        let last = try stage.worker()
        for round in 0..<12 {
            #expect(try await mailbox.reply(to: Array("round-\(round)".utf8)).reply.reason == .notRegistered)
        }
        try await last.waitUntilSIGTERMIsHandled()
        last.kill(SIGTERM)
        #expect(await last.waitUntilEnd() == 0)
    }

    @Test("under load: what is in hand is finished, the rest waits for the next worker, and nothing is done twice")
    func load() async throws {
        let scene = try await HostileScene(["VERIFY_COURIER_WORKER_SEND_SLOTS": "8"])
        scene.stage.simulator.setFault(SimulatorFault(.delay, delay: .milliseconds(100)), on: .start)
        let messages = (0..<60).map { number in
            let phone = "+1415555\(1000 + number)"
            return scene.message(
                .registerPhone, #"{"user":"u\#(number)","login":"sign-in-1","channel":"sms","phone":"\#(phone)"}"#)
        }
        for message in messages { #expect(try await scene.raw.publish(message) == .confirmed) }
        _ = try await scene.mailbox.arrivals.first { _ in true }
        scene.worker.kill(SIGTERM)
        #expect(await scene.worker.waitUntilEnd() == 0)
        #expect(scene.stage.simulator.requests(.start) < messages.count)
        let second = try scene.stage.worker()
        for message in messages {
            let reply = try await scene.mailbox.reply(to: try #require(message.correlationID)).reply
            #expect(reply.outcome == .sent)
        }
        second.kill(SIGTERM)
        #expect(await second.waitUntilEnd() == 0)
        #expect(scene.stage.simulator.outbox().count == messages.count)
        #expect(scene.stage.simulator.requests(.start) == messages.count)
    }

    /// A send is under way that Twilio does not answer.
    private func hanging(drainSeconds: Int) async throws -> (HostileScene, RawMessage) {
        let scene = try await HostileScene(["VERIFY_COURIER_WORKER_DRAIN_SECONDS": "\(drainSeconds)"])
        scene.stage.simulator.setFault(SimulatorFault(.hang), on: .start)
        let message = scene.message(.registerPhone, registration)
        #expect(try await scene.raw.publish(message) == .confirmed)
        try await Wait.until("Twilio to be asked") { scene.stage.simulator.requests(.start) > 0 }
        return (scene, message)
    }

    @Test("with Twilio hanging: the time for draining is kept, and the next worker tells what became of the job")
    func providerHangs() async throws {
        let (scene, message) = try await hanging(drainSeconds: 1)
        scene.worker.kill(SIGTERM)
        #expect(await scene.worker.waitUntilEnd() == 0)
        // The call alone would have gone on for 10 s, and then been answered.
        #expect(!scene.hasAnswered(message))
        try await expectUncertain(message, scene)
    }

    @Test("twice: the second one ends it at once, and the next worker tells what became of the job")
    func twice() async throws {
        let (scene, message) = try await hanging(drainSeconds: 60)
        scene.worker.kill(SIGTERM)
        try await scene.worker.waitForOutput("drain")
        scene.worker.kill(SIGTERM)
        #expect(await scene.worker.waitUntilEnd() == 0)
        #expect(!scene.hasAnswered(message))
        try await expectUncertain(message, scene)
    }

    private func expectUncertain(_ message: RawMessage, _ scene: HostileScene) async throws {
        scene.stage.simulator.setFault(nil, on: .start)
        let second = try scene.stage.worker()
        let reply = try await scene.mailbox.reply(to: try #require(message.correlationID)).reply
        #expect(reply.outcome == .uncertain)
        second.kill(SIGTERM)
        #expect(await second.waitUntilEnd() == 0)
        #expect(scene.stage.simulator.outbox().isEmpty)
        #expect(scene.stage.simulator.requests(.start) == 1)
    }
}
