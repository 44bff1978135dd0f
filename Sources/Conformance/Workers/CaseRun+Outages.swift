import Basics
import Wire

/// Trouble at Twilio.
extension CaseRun {
    func outageOfSend() async throws {
        let person = try await registered()
        try await twilio.order(.away, at: .send)
        let reply = try await ask(patient(job(.send, person, ["channel": "sms"])))
        try await twilio.order(nil, at: .send)
        try expect(reply, .unavailable, .uncertain, as: .outage, for: "a text while Twilio is away")
    }

    func outageOfCheck() async throws {
        let (person, code) = try await waiting()
        try await twilio.order(.away, at: .check)
        let reply = try await ask(patient(job(.check, person, ["code": .string(code), "method": "phone"])))
        try await twilio.order(nil, at: .check)
        try expect(reply, .unavailable, .uncertain, as: .outage, for: "the right code while Twilio is away")
        try expect(try await check(code, of: person), .approved, as: .outage, for: "the right code after that")
    }

    func lostAnswerOfSend() async throws {
        let person = try await registered()
        try await twilio.order(.answerLost, at: .send)
        let job = patient(job(.send, person, ["channel": "sms"]))
        let reply = try await ask(job)
        try await twilio.order(nil, at: .send)
        try await expectMessages(2, to: person, .sentTwice, "a text whose answer was lost")
        try expect(reply, .sent, .uncertain, .unavailable, as: .outage, for: "a text whose answer was lost")
        try await ask(repeated(job))
        try await expectMessages(2, to: person, .sentTwice, "the same again under its message_id")
    }

    func lostAnswerOfCheck() async throws {
        let (person, code) = try await waiting()
        try await twilio.order(.answerLost, at: .check)
        let reply = try await ask(patient(job(.check, person, ["code": .string(code), "method": "phone"])))
        try await twilio.order(nil, at: .check)
        try expect(
            reply, .approved, .uncertain, .unavailable, as: .outage, for: "the right code, with Twilio's answer lost")
    }

    /// A text that hangs at Twilio, and a code of somebody else's.
    func slowSend() async throws {
        let (other, code) = try await waiting()
        let person = try await registered()
        try await twilio.order(.slow(seconds: 5), at: .send)
        let slow = job(.send, person, ["channel": "sms"])
        try await front.publish(slow)
        let check = try await check(code, of: other)
        let options = try await ask(.options, other)
        let reply = try await reply(to: slow)
        try await twilio.order(nil, at: .send)
        try expect(check, .approved, as: .heldUp, for: "a code while a text hangs at Twilio")
        if reply.number < check.number { note(.heldUp, "check: it waited for a text that hangs at Twilio") }
        if reply.number < options.number { note(.heldUp, "options: they waited for a text that hangs at Twilio") }
    }

    /// With so little time that what is tried again ends soon.
    private func patient(_ job: AskedJob) -> AskedJob {
        var job = job
        job.set(deadline: .now() + .seconds(8))
        return job
    }
}
