import Basics
import GRDB
import TestKit
import Testing
import TwilioSimulator
import Wire

@Suite("Contract 1 and 4: lanes go on, and wait where they must", .timeLimit(.minutes(10)))
struct LaneTests {
    private func registration(_ number: Int, _ scene: HostileScene) -> RawMessage {
        scene.message(
            .registerPhone,
            #"{"user":"u\#(number)","login":"sign-in-1","channel":"sms","phone":"+1415555\#(1000 + number)"}"#)
    }

    @Test(
        "1 Lanes: a flood of sends, all of them hanging at Twilio, leaves check, options and admin as quick as before")
    func independent() async throws {
        let scene = try await HostileScene(["VERIFY_COURIER_WORKER_SEND_SLOTS": "2"])
        #expect(try await scene.answer(to: registration(0, scene)).outcome == .sent)
        let simulator = scene.stage.simulator
        simulator.setFault(SimulatorFault(.delay, delay: .milliseconds(9500)), on: .start)
        for number in 1...20 { #expect(try await scene.raw.publish(registration(number, scene)) == .confirmed) }
        try await Wait.until("both slots to be taken") { simulator.requests(.start) >= 3 }
        let code = scene.stage.code("+14155551000")
        for (kind, body, outcome) in [
            (.check, #"{"user":"u0","login":"sign-in-1","code":"\#(code)"}"#, .approved),
            (.options, #"{"user":"u0"}"#, .options), (.cancel, #"{"user":"u0"}"#, .canceled),
            (.adminUserGet, #"{"user":"u0","operator":"root"}"#, .done),
        ] as [(JobKind, String, Outcome)] {
            #expect(try await scene.answer(to: scene.message(kind, body)).outcome == outcome)
        }
        // Behind the flood they would have come after all of it, a minute and a half later.
        #expect(simulator.requests(.start) < 20)
        scene.worker.kill(9)
    }

    @Test("4 While the store is away nothing is answered: jobs wait in the queue, and are answered when it is back")
    func storeAway() async throws {
        let scene = try await HostileScene([
            "VERIFY_COURIER_WORKER_SEND_SLOTS": "1", "VERIFY_COURIER_LOG_FORMAT": "json",
        ])
        let messages = (0..<6).map { _ in scene.message(.send) }
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        // The worker's own reports.
        configuration.busyMode = .timeout(10)
        let store = try DatabaseQueue(path: "\(scene.stage.folder)/store.db", configuration: configuration)
        try await store.writeWithoutTransaction { try $0.beginTransaction(.immediate) }
        for message in messages { #expect(try await scene.raw.publish(message) == .confirmed) }
        try await scene.worker.waitForOutput("the store cannot be used")
        #expect(messages.allSatisfy { !scene.hasAnswered($0) })
        #expect(
            try await scene.stage.waiting(in: "verify.send") >= 4, "two are in hand at the most, as prefetch allows")
        try await store.writeWithoutTransaction { try $0.rollback() }
        for message in messages {
            #expect(try await scene.answer(ofPublished: message).reason == .notRegistered)
        }
        #expect(try await scene.end().isEmpty)
    }
}
