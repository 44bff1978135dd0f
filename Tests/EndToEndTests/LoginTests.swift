import Basics
import TestKit
import Testing
import TwilioSimulator
import Wire

@Suite(.timeLimit(.minutes(10))) struct LoginTests {
    private let number = "+14155550142"

    @Test("a person registers a phone, signs in, and a wrong code stays out")
    func login() async throws {
        let stage = try await Stage()
        let worker = try stage.worker()
        let first = ["user": "anna", "login": "registration"]
        let sent = try await stage.ask(.registerPhone, first.merging(["phone": number, "channel": "sms"]) { $1 })
        #expect(sent.outcome == .sent)
        #expect(sent.to == "+1········42")
        let registered = try await stage.ask(.check, first.merging(["code": stage.code(number)]) { $1 })
        #expect(registered.outcome == .approved)
        #expect(registered.registered == .phone)

        let second = ["user": "anna", "login": "the-next-day"]
        #expect(try await stage.ask(.send, second.merging(["channel": "call"]) { $1 }).outcome == .sent)
        let code = stage.code(number)
        let wrong = code == "111111" ? "222222" : "111111"
        let denied = try await stage.ask(.check, second.merging(["code": wrong]) { $1 })
        #expect(denied.outcome == .denied)
        #expect(denied.checksLeft == 4)
        let foreign = try await stage.ask(.check, ["user": "anna", "login": "another-one", "code": code])
        #expect(foreign.reason == .notYours)
        #expect(try await stage.ask(.check, second.merging(["code": code]) { $1 }).outcome == .approved)
        #expect(try await stage.ask(.check, second.merging(["code": code]) { $1 }).reason == .codeUsed)

        worker.kill(15)
        #expect(await worker.waitUntilEnd() == 0)
        #expect(!worker.output.contains(code))
        #expect(!worker.output.contains(number))
    }

    @Test("by every channel a person registers a phone and signs in", arguments: Channel.allCases)
    func channels(channel: Channel) async throws {
        let stage = try await Stage()
        let worker = try stage.worker()
        for (job, login) in [(JobKind.registerPhone, "registration"), (.send, "the-next-day")] {
            let names = ["user": "anna", "login": login]
            var fields = names.merging(["channel": channel.rawValue]) { $1 }
            if job == .registerPhone { fields["phone"] = number }
            let sent = try await stage.ask(job, fields)
            #expect(sent.outcome == .sent && sent.channel == .code(channel))
            #expect(stage.simulator.outbox(to: number).last?.channel == channel.provider)
            let check = names.merging(["code": stage.code(number)]) { $1 }
            #expect(try await stage.ask(.check, check).outcome == .approved)
        }
        worker.kill(15)
        #expect(await worker.waitUntilEnd() == 0)
    }

    @Test(
        "a worker that dies anywhere in a send leaves one message, or none and says so", arguments: Failpoint.allCases)
    func deathInSend(failpoint: Failpoint) async throws {
        let stage = try await Stage()
        let dying = try stage.worker(dyingAt: failpoint)
        async let reply = stage.ask(
            .registerPhone, ["user": "anna", "login": "registration", "phone": number, "channel": "sms"])
        #expect(await dying.waitUntilEnd() == -9)
        let second = try stage.worker()
        let outcome = try await reply.outcome
        let sends = stage.simulator.outbox(to: number).count
        if failpoint == .afterBegin {
            // Nothing had left, but nobody can know that: it is never sent again on a guess.
            #expect(outcome == .uncertain)
            #expect(sends == 0)
        } else {
            #expect(outcome == .sent)
            #expect(sends == 1)
        }
        // Dead after its publish, the first worker has answered: the second one may still be starting.
        #expect(try await stage.ask(.options, ["user": "anna"]).outcome == .options)
        second.kill(15)
        #expect(await second.waitUntilEnd() == 0)
    }

    @Test("a worker that dies anywhere in a check lets the right code in once", arguments: Failpoint.allCases)
    func deathInCheck(failpoint: Failpoint) async throws {
        let stage = try await Stage()
        let login = ["user": "anna", "login": "registration"]
        let healthy = try stage.worker()
        let sent = try await stage.ask(.registerPhone, login.merging(["phone": number, "channel": "sms"]) { $1 })
        #expect(sent.outcome == .sent)
        healthy.kill(15)
        #expect(await healthy.waitUntilEnd() == 0)
        let dying = try stage.worker(dyingAt: failpoint)
        let code = stage.code(number)
        async let reply = stage.ask(.check, login.merging(["code": code]) { $1 }, id: "the-check")
        #expect(await dying.waitUntilEnd() == -9)
        let second = try stage.worker()
        #expect(try await reply.outcome == .approved)
        let again = try await stage.ask(.check, login.merging(["code": code]) { $1 }, id: "the-check")
        #expect(again.outcome == .approved)
        #expect(try await stage.ask(.check, login.merging(["code": code]) { $1 }).reason == .codeUsed)
        second.kill(15)
        #expect(await second.waitUntilEnd() == 0)
    }
}

extension Stage {
    /// What the person reads off the phone.
    func code(_ number: String) -> String {
        simulator.outbox(to: number).last?.code ?? ""
    }
}
