import AMQP
import Basics
import Wire

/// One effect a job, whatever happens to messages.
extension CaseRun {
    /// The same job once more, as a front end that heard nothing publishes it.
    func repeated(_ job: AskedJob) -> AskedJob {
        var again = job
        again.properties.correlationID = Array(RandomID.hex(bytes: 16).utf8)
        return again
    }

    func repeated() async throws {
        let person = try await registered()
        let job = job(.send, person, ["channel": "sms"])
        let first = try await ask(job)
        try expect(first, .sent, for: "send")
        let second = try await ask(repeated(job))
        try await expectMessages(2, to: person, .sentTwice, "a text asked for again under its message_id")
        if first.body != second.body { note(.answeredAnew, "send: the repeat's body is another than the recorded one") }
        let (code, id) = (try await code(of: person), RandomID.uuid())
        try expect(try await check(wrong(code), of: person, id: id), .denied, as: .wrongCode, for: "a wrong code")
        let again = try await check(wrong(code), of: person, id: id)
        try expect(again, .denied, as: .answeredAnew, for: "a wrong code again under its message_id")
        let left = try await check(wrong(code), of: person).number("checks_left")
        if left != 3 { note(.answeredAnew, "check: a repeat under its message_id costs a try") }
    }

    func repeatedAtOnce() async throws {
        let person = try await registered()
        let first = job(.send, person, ["channel": "sms"])
        let jobs = [first] + (1...3).map { _ in repeated(first) }
        for job in jobs { try await front.publish(job) }
        var bodies: Set<[UInt8]> = []
        for job in jobs {
            let reply = try await reply(to: job)
            try expect(reply, .sent, as: .answeredAnew, for: "one of four copies of a send")
            bodies.insert(reply.body)
        }
        if bodies.count > 1 { note(.answeredAnew, "send: four copies of one job have different replies") }
        try await expectMessages(2, to: person, .sentTwice, "four copies of a send at once")
    }

    func reusedID() async throws {
        let (person, code) = try await waiting()
        let id = RandomID.uuid()
        try expect(try await check(wrong(code), of: person, id: id), .denied, as: .wrongCode, for: "a wrong code")
        let reply = try await check(code, of: person, id: id)
        try expect(
            reply, .invalid, reasons: .messageIDReused, as: .reusedID, for: "another code under a known message_id")
        let other = try await ask(job(.cancel, person, id: id))
        try expect(
            other, .invalid, reasons: .messageIDReused, as: .reusedID, for: "another job under a known message_id")
        try expect(try await check(code, of: person), .approved, for: "the right code, under a message_id of its own")
    }

    func late() async throws {
        let person = try await registered()
        for (seconds, what) in [(-5, "over"), (1, "a second away")] {
            var job = job(.send, person, ["channel": "sms"])
            job.set(deadline: .now() + .seconds(seconds))
            let reply = try await ask(job)
            try await expectMessages(1, to: person, .sentLate, "a send whose deadline is \(what)")
            try expect(reply, .late, as: .sentLate, for: "a send whose deadline is \(what)")
        }
        let (waiting, code) = try await waiting()
        var job = job(.check, waiting, ["code": .string(code), "method": "phone"])
        job.set(deadline: .now() - .seconds(5))
        let reply = try await ask(job)
        if reply.outcome != .late { note(.sentLate, "a check whose deadline is over: \(reply.told), not 'late'") }
    }

    func recorded() async throws {
        let person = try await registered()
        let job = job(.send, person, ["channel": "sms"])
        let reply = try await ask(job)
        try expect(reply, .sent, for: "send")
        let recorded = try await ask(.outcome, person, ["job": .string(job.properties.messageID ?? "")])
        try expect(recorded, .sent, as: .noRecord, for: "the outcome of a send")
        if recorded.body != reply.body { note(.noRecord, "outcome: the body is another than the job's reply") }
        let other = try await ask(
            .outcome, Person(situation), ["job": .string(job.properties.messageID ?? "")])
        try expect(
            other, .unknownJob, reasons: .noRecord, as: .othersRecord,
            for: "the outcome of a job, asked for another person")
        let none = try await ask(.outcome, person, ["job": .string(RandomID.uuid())])
        try expect(none, .unknownJob, reasons: .noRecord, as: .othersRecord, for: "the outcome of no job")
    }

    func nobodyToAnswer() async throws {
        let person = try await registered()
        var job = job(.send, person, ["channel": "sms"])
        job.properties.replyTo = nil
        try await front.publish(job)
        try expect(try await outcome(of: job, person), .sent, as: .noRecord, for: "a send without reply_to")
    }

    func replyQueueGone() async throws {
        let person = try await registered()
        var job = job(.send, person, ["channel": "sms"])
        job.properties.replyTo = ScriptedFrontEnd.replyQueue(of: front.name)
        try await front.publish(job)
        try expect(
            try await outcome(of: job, person), .sent, as: .noRecord, for: "a send whose reply queue is not there")
        job.properties.replyTo = front.queue
        let again = try await ask(job)
        try expect(again, .sent, as: .noRecord, for: "the same send again, from a front end with a new reply queue")
        try await expectMessages(2, to: person, .sentTwice, "a send whose reply queue was not there")
    }

    /// The broker refuses a reply at first: a worker that does not ask about it has lost it.
    ///
    /// A machine may be so slow that a reply is given up before there is room, so only what is lost three times is lost.
    func replyQueueFull() async throws {
        let person = try await registered()
        for _ in 1...3 where try await isAnsweredLater(person) { return }
        note(.lostReply, "cancel: a reply that the broker refused for a second never came")
    }

    private func isAnsweredLater(_ person: Person) async throws -> Bool {
        var arguments = WireName.replyQueueArguments
        arguments.entries.removeAll { $0.0 == "x-max-length" }
        arguments.entries.append(("x-max-length", .int(1)))
        let queue = QueueDeclaration(
            name: ScriptedFrontEnd.replyQueue(of: front.name), durable: true, exclusive: false, autoDelete: false,
            arguments: arguments)
        return try await front.asAdministrator("fill a reply queue") { admin in
            try await admin.declareQueue(queue)
            // The first reply takes the room that there is.
            var (first, second) = (job(.cancel, person), job(.cancel, person))
            first.properties.replyTo = queue.name
            second.properties.replyTo = queue.name
            try await front.publish(first)
            try await wait(admin, for: 1, in: queue.name)
            try await front.publish(second)
            _ = try await outcome(of: second, person)
            try await admin.purgeQueue(queue.name)
            let came = try await wait(admin, for: 1, in: queue.name)
            try await admin.deleteQueue(queue.name)
            return came
        }
    }

    @discardableResult
    private func wait(_ admin: AdminConnection, for count: Int, in queue: String) async throws -> Bool {
        for _ in 0..<80 {
            if try await admin.messageCount(of: queue) >= count { return true }
            try await Task.sleep(for: .milliseconds(100))
        }
        return false
    }

    func foreignAddress() async throws {
        let (person, queue) = (Person(situation), "conformance.\(RandomID.hex(bytes: 16))")
        try await front.asAdministrator("have a queue that is no reply queue") { admin in
            try await admin.declareQueue(QueueDeclaration(name: queue, durable: false, autoDelete: false))
            for _ in 1...4 {
                var job = job(.cancel, person)
                job.properties.replyTo = queue
                try await front.publish(job)
            }
            // Answered behind them.
            for _ in 1...4 { try await ask(job(.cancel, person)) }
            let count = try await admin.messageCount(of: queue)
            try await admin.deleteQueue(queue)
            if count > 0 { note(.answeredElsewhere, "cancel: \(count) replies to a queue that is no reply queue") }
        }
    }

    func aroundTheExchange() async throws {
        let person = try await registered()
        var job = job(.send, person, ["channel": "sms"])
        (job.exchange, job.routingKey) = ("", LaneName.send.queue)
        do {
            try await front.publish(job)
        } catch let error as AMQPError where error.isMissingRight {
            throw CaseSkipped(
                why: "the broker user '\(front.name)' may not publish around the exchange, and that is as it should be")
        }
        for _ in 1...4 { try await ask(.send, Person(situation), ["channel": "sms"]) }
        if front.countOfReplies(to: job) > 0 {
            note(.answeredElsewhere, "a message from the default exchange is answered")
        }
        try await expectMessages(1, to: person, .answeredElsewhere, "a message from the default exchange")
    }
}
