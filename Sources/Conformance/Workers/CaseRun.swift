import AMQP
import Basics
import Wire

/// Who signs in, in one case.
struct Person: Sendable {
    /// The site's id.
    var user: String
    var number: String
    var login = RandomID.uuid()

    /// As replies show the number: of the country code 1.
    var mask: String { "+1········\(number.suffix(2))" }

    /// Somebody whom no store has seen.
    init(_ situation: WorkerCase) {
        user = "conformance-\(situation.rawValue)-\(RandomID.hex(bytes: 5))"
        // Numbers that subscribers may have: neither the area's nor the exchange's digits mean something else.
        let exchange = [220, 230, 240, 250, 260, 270, 280, 290, 320, 330].randomElement() ?? 220
        number = "+1415\(exchange + Int.random(in: 1...9))\(Int.random(in: 1000...9999))"
    }
}

/// One case as it runs: asks, hears, and notes what is wrong.
final class CaseRun: Sendable {
    let situation: WorkerCase
    let front: ScriptedFrontEnd
    let twilio: any TwilioStage
    private let hasLimits: Bool
    private let patience: Duration
    private let notes = Locked<[WorkerFinding]>([])
    /// With a reply each.
    private let asked = Locked<[AskedJob]>([])

    /// - Parameters:
    ///   - hasLimits: whether the site's limits are on.
    ///   - patience: how long a reply is waited for.
    init(
        _ situation: WorkerCase, _ front: ScriptedFrontEnd, _ twilio: any TwilioStage, hasLimits: Bool,
        patience: Duration
    ) {
        self.situation = situation
        self.front = front
        self.twilio = twilio
        self.hasLimits = hasLimits
        self.patience = patience
    }

    /// What was wrong, with the replies that came too often.
    var findings: [WorkerFinding] {
        for job in asked.withLock({ $0 }) where front.countOfReplies(to: job) > 1 {
            note(.answeredTwice, "\(job.routingKey): two replies to one message")
        }
        return notes.withLock { $0 }
    }

    func note(_ rule: WorkerRule, _ detail: String) {
        let finding = WorkerFinding(rule: rule, detail: detail)
        notes.withLock { if !$0.contains(finding) { $0.append(finding) } }
    }

    // MARK: Jobs

    /// A login job of this person.
    func job(
        _ kind: JobKind, _ person: Person, _ fields: [String: JSONValue] = [:], id: String = RandomID.uuid()
    ) -> AskedJob {
        var body: [String: JSONValue] = ["user": .string(person.user), "login": .string(person.login)]
        body.merge(fields) { $1 }
        var job = AskedJob(
            kind.rawValue, body: JSONValue.object(body).encoded(), messageID: id, from: front.name,
            replyTo: front.queue)
        (job.user, job.mask) = (person.user, person.mask)
        job.secrets = [person.number, String(person.number.dropFirst())]
        if case .string(let code)? = fields["code"] { job.secrets.append(code) }
        return job
    }

    /// Publishes a job, awaits its reply, and holds that against the job.
    ///
    /// - Throws: ``CaseOver`` when none comes.
    @discardableResult
    func ask(_ job: AskedJob) async throws -> SeenReply {
        try await front.publish(job)
        return try await reply(to: job)
    }

    /// The reply to a job that is published already.
    func reply(to job: AskedJob) async throws -> SeenReply {
        asked.withLock { $0.append(job) }
        guard let reply = await front.reply(to: job, atMost: patience) else {
            note(.noReply, "\(job.routingKey): nobody answered within \(patience)")
            throw CaseOver()
        }
        for finding in ReplyJudge.findings(reply, to: job, hasLimits: hasLimits) { note(finding.rule, finding.detail) }
        return reply
    }

    @discardableResult
    func ask(
        _ kind: JobKind, _ person: Person, _ fields: [String: JSONValue] = [:]
    ) async throws -> SeenReply {
        try await ask(job(kind, person, fields))
    }

    // MARK: What is wanted

    /// - Parameters:
    ///   - reasons: those that will do; empty for any.
    ///   - what: what was asked.
    ///   - rule: broken by whatever else comes. An approval that is not wanted is ``WorkerRule/letIn``.
    /// - Throws: ``CaseOver`` where it is not so.
    func expect(
        _ reply: SeenReply, _ outcomes: Outcome..., reasons: Reason..., as rule: WorkerRule = .outcome, for what: String
    ) throws {
        let fits = reply.outcome.map(outcomes.contains) ?? false
        let hasReason = reasons.isEmpty || reply.reason.flatMap(Reason.init).map(reasons.contains) ?? false
        guard !fits || !hasReason else { return }
        let wanted = outcomes.map { "'\($0.rawValue)'" }.joined(separator: " or ")
        let because = reasons.isEmpty ? "" : " / " + reasons.map { "'\($0.rawValue)'" }.joined(separator: " or ")
        let isLetIn = reply.outcome == .approved && !outcomes.contains(.approved)
        note(isLetIn ? .letIn : rule, "\(what): \(reply.told), not \(wanted)\(because)")
        throw CaseOver()
    }

    /// How many messages went to the person.
    func messages(to person: Person) async throws -> Int { try await twilio.codes(to: person.number).count }

    /// The code that the person has received.
    func code(of person: Person) async throws -> String {
        if let code = try await twilio.codes(to: person.number).last { return code }
        note(.outcome, "'sent', and Twilio was not asked for a message")
        throw CaseOver()
    }

    func expectMessages(_ count: Int, to person: Person, _ rule: WorkerRule, _ what: String) async throws {
        let seen = try await messages(to: person)
        if seen > count { note(rule, "\(what): \(seen) messages, not \(count)") }
    }

    /// Somebody with a registered phone, and no code under way.
    func registered() async throws -> Person {
        let person = Person(situation)
        let sent = try await ask(.registerPhone, person, ["phone": .string(person.number), "channel": "sms"])
        try expect(sent, .sent, for: "register.phone")
        let reply = try await ask(.check, person, ["code": .string(try await code(of: person)), "method": "phone"])
        try expect(reply, .approved, for: "the right code of a registration")
        if reply.text("registered") != "phone" { note(.missingField, "check: 'approved' lacks 'registered'") }
        return person
    }

    /// A registered person with a text under way, and its code.
    func waiting() async throws -> (person: Person, code: String) {
        let person = try await registered()
        try expect(try await ask(.send, person, ["channel": "sms"]), .sent, for: "send")
        return (person, try await code(of: person))
    }

    func check(_ code: String, of person: Person, id: String = RandomID.uuid()) async throws -> SeenReply {
        try await ask(job(.check, person, ["code": .string(code), "method": "phone"], id: id))
    }

    /// A code that is not this one.
    func wrong(_ code: String) -> String {
        String(code.map { $0 == "9" ? "1" : $0.wholeNumberValue.map { Character("\($0 + 1)") } ?? $0 })
    }

    /// Asks for what is recorded of a job until it is there.
    func outcome(of job: AskedJob, _ person: Person) async throws -> SeenReply {
        let id = job.properties.messageID ?? ""
        let end = Timestamp.now() + patience
        while true {
            let reply = try await ask(.outcome, person, ["job": .string(id)])
            let isRecorded = reply.outcome != .unknownJob
            if isRecorded || Timestamp.now() > end { return reply }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}
