import Basics
import TestKit
import Testing
import TwilioSimulator
import Wire

/// Contract, section 1: no front end holds up another in a lane.
@Suite(.timeLimit(.minutes(10))) struct FairnessTests {
    @Test("a flood of one front end, with Twilio slow, does not keep another one's job from its turn")
    func flood() async throws {
        let scene = try await HostileScene(["VERIFY_COURIER_WORKER_SEND_SLOTS": "2"])
        func registration(_ number: Int, of frontEnd: String?) -> RawMessage {
            var message = scene.message(
                .registerPhone,
                #"{"user":"u\#(number)","login":"sign-in-1","channel":"sms","phone":"+1415555\#(1000 + number)"}"#)
            message.userID = frontEnd
            return message
        }
        #expect(try await scene.answer(to: registration(0, of: nil)).outcome == .sent)
        scene.stage.simulator.setFault(SimulatorFault(.delay, delay: .milliseconds(2500)), on: .start)
        let flood = (1...40).map { registration($0, of: "guest") }
        for message in flood { #expect(try await scene.raw.publish(message) == .confirmed) }
        // Behind all of them in the queue.
        let modest = try await scene.answer(to: registration(41, of: nil))
        #expect(modest.outcome == .sent)
        var sent = 2
        for message in flood {
            let reply = try await scene.answer(ofPublished: message)
            switch reply.outcome {
            case .sent: sent += 1
            default:
                #expect(reply.outcome == .throttled)
                #expect(reply.limit == .site)
                #expect(reply.retryAt != nil)
            }
        }
        #expect(sent < 20, "the flood was worked off in front of the other one's job")
        scene.stage.simulator.setFault(nil, on: .start)
        #expect(try await scene.end(calls: sent).isEmpty)
        #expect(scene.stage.simulator.outbox().count == sent)
    }
}
