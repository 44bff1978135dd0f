import Basics
import Conformance
import Testing
import Wire

/// A mistake that front ends make, and the rule that finds it.
enum Mistake: String, CaseIterable, Sendable {
    case noContentType, badMessageID, wrongType, noUser, badChannel, noReplyTo, othersReplyTo, guessableQueue
    case transient, expiration, noDeadline, hasty, noUserID, noLogin, newIDAfterSilence, reusedID, neverOptions
    case sendsThough, checksThough, unnamedMethod, letsInByDenial, keepsOutTheApproved, hangs, fails, neverAsks

    var rule: ConformanceRule {
        switch self {
        case .noContentType, .badMessageID, .wrongType, .noUser, .badChannel: .malformed
        case .noReplyTo, .othersReplyTo: .replyAddress
        case .guessableQueue: .guessableQueue
        case .transient: .transient
        case .expiration: .expiration
        case .noDeadline: .noDeadline
        case .hasty: .hasty
        case .noUserID: .noUser
        case .noLogin: .sharedLogin
        case .newIDAfterSilence: .newID
        case .reusedID: .reusedID
        case .neverOptions, .neverAsks: .neverAsked
        case .sendsThough, .checksThough: .needlessJob
        case .unnamedMethod: .unnamedMethod
        case .letsInByDenial: .letIn
        case .keepsOutTheApproved: .keptOut
        case .hangs: .hangs
        case .fails: .fails
        }
    }
}

/// A sign-in as a good front end does it, and what a mistake makes of it.
struct SignIn {
    static let start = Timestamp(milliseconds: 1_772_442_904_210)
    var judge: SignInJudge

    init(_ situation: ConformanceCase) { judge = SignInJudge(situation) }

    @discardableResult
    mutating func ask(
        _ kind: JobKind, id: String, _ more: [String: JSONValue] = [:], change: (inout SeenJob) -> Void = { _ in }
    ) -> ConformanceAnswer {
        var body: [String: JSONValue] = [
            "user": .string(judge.situation.user), "login": "5b0e1a6c-aaaa-4c55-9d3e",
        ]
        body.merge(more) { $1 }
        let present = body.filter { $0.value != .null }
        var envelope = Envelope(
            lane: kind.lane, exchange: "verify", routingKey: kind.rawValue,
            body: .bytes(JSONValue.object(present).encoded()), receivedAt: Self.start)
        envelope.contentType = "application/json"
        envelope.messageID = id
        envelope.replyTo = "verify.reply.web.9f3b5c0d7e1a4826"
        envelope.type = "verify.\(kind.rawValue).v1"
        envelope.timestamp = UInt64(Self.start.wholeSeconds)
        envelope.userID = "web"
        envelope.deadline = "\(Self.start + .seconds(20))"
        var seen = SeenJob(envelope: envelope, deliveryMode: 2, expiration: nil)
        change(&seen)
        return judge.take(seen)
    }

    mutating func end(_ isIn: Bool?, after seconds: Int = 1) -> Set<ConformanceRule> {
        judge.end(isIn: isIn, at: Self.start + .seconds(seconds))
        return Set(judge.findings.map(\.rule))
    }

    /// Options, a text, the code; `change` is done to every job.
    mutating func whole(_ change: (inout SeenJob) -> Void = { _ in }) {
        ask(.options, id: "one", change: change)
        ask(.send, id: "two", ["channel": "sms"], change: change)
        ask(.check, id: "three", ["code": "314159", "method": "phone"], change: change)
    }
}

@Suite("A front end's judge") struct SignInJudgeTests {
    @Test(
        "a front end that does as the contract says has no findings, whatever is done to it",
        arguments: ConformanceCase.allCases)
    func passes(_ situation: ConformanceCase) {
        var signIn = SignIn(situation)
        signIn.ask(.options, id: "one")
        let stops: Set<ConformanceCase> = [.notRequired, .contactAdministrator, .outageOfOptions, .silence]
        let cannotSend: Set<ConformanceCase> = [.throttledSend, .blockedSend, .methodDisabled, .lateSend]
        if !stops.contains(situation) { signIn.ask(.send, id: "two", ["channel": "sms"]) }
        if !stops.union(cannotSend).contains(situation) {
            let comesTwice = [.lostReply, .brokerRestart].contains(situation)
            for _ in 0..<(comesTwice ? 2 : 1) {
                signIn.ask(.check, id: "three", ["code": "314159", "method": "phone"])
            }
        }
        #expect(signIn.end(situation.isIn ?? true).isEmpty, "\(signIn.judge.findings)")
    }

    @Test("every mistake is found, and said with what to do", arguments: Mistake.allCases)
    func finds(_ mistake: Mistake) {
        let (found, findings) = rules(of: mistake)
        #expect(found == [mistake.rule], "\(findings)")
        for finding in findings {
            #expect("\(finding)".contains(finding.rule.advice) && !"\(finding)".contains("314159"))
        }
    }

    @Test("where the broker is back in time the person has to be in; where it is not, either will do")
    func restart() {
        for (seconds, found) in [(14, [ConformanceRule.keptOut]), (16, [])] {
            var signIn = SignIn(.brokerRestart)
            signIn.whole()
            signIn.ask(.check, id: "three", ["code": "314159", "method": "phone"]) {
                $0.envelope.receivedAt = SignIn.start + .seconds(seconds)
            }
            #expect(signIn.end(false) == Set(found), "\(signIn.judge.findings)")
            #expect(signIn.judge.situation.restartsBroker)
        }
    }

    @Test("every rule but those about several sign-ins and the queue itself has a mistake that it finds")
    func isComplete() {
        #expect(Set(Mistake.allCases.map(\.rule)) == Set(ConformanceRule.allCases).subtracting([.queueArguments]))
        #expect(ConformanceCase.allCases.count >= 20 && Mistake.allCases.count >= 20)
    }

    private func rules(of mistake: Mistake) -> (Set<ConformanceRule>, [ConformanceFinding]) {
        var signIn = SignIn(.signIn)
        var found: Set<ConformanceRule> = []
        func whole(_ change: (inout SeenJob) -> Void) {
            signIn.whole(change)
            found = signIn.end(true)
        }
        switch mistake {
        case .noContentType: whole { $0.envelope.contentType = nil }
        case .badMessageID:
            whole { _ in }
            signIn.ask(.cancel, id: "a b")
            found = signIn.end(true)
        case .wrongType: whole { $0.envelope.type = "verify.cancel.v1" }
        case .noUser:
            whole { _ in }
            signIn.ask(.cancel, id: "four", ["user": .null])
            found = signIn.end(true)
        case .badChannel:
            signIn.ask(.options, id: "one")
            signIn.ask(.send, id: "two", ["channel": "text"])
            signIn.ask(.send, id: "three", ["channel": "sms"])
            found = signIn.end(true)
        case .noReplyTo: whole { $0.envelope.replyTo = nil }
        case .othersReplyTo: whole { $0.envelope.replyTo = "verify.reply.windows.9f3b5c0d7e1a4826" }
        case .guessableQueue: whole { $0.envelope.replyTo = "verify.reply.web.1" }
        case .transient: whole { $0.deliveryMode = 1 }
        case .expiration: whole { $0.expiration = "20000" }
        case .noDeadline: whole { $0.envelope.deadline = nil }
        case .hasty: whole { $0.envelope.deadline = "\(SignIn.start + .seconds(1))" }
        case .noUserID: whole { $0.envelope.userID = nil }
        case .noLogin:
            signIn.ask(.options, id: "one", ["login": .null])
            found = signIn.end(true)
        case .newIDAfterSilence:
            signIn = SignIn(.lostReply)
            signIn.whole()
            signIn.ask(.check, id: "another", ["code": "314159", "method": "phone"])
            found = signIn.end(false)
        case .reusedID:
            whole { _ in }
            signIn.ask(.check, id: "three", ["code": "271828", "method": "phone"])
            found = signIn.end(true)
        case .neverOptions:
            signIn.ask(.send, id: "two", ["channel": "sms"])
            found = signIn.end(true)
        case .sendsThough:
            signIn = SignIn(.notRequired)
            signIn.ask(.options, id: "one")
            signIn.ask(.send, id: "two", ["channel": "sms"])
            found = signIn.end(true)
        case .checksThough:
            signIn = SignIn(.blockedSend)
            signIn.whole()
            found = signIn.end(false)
        case .unnamedMethod:
            signIn.ask(.options, id: "one")
            signIn.ask(.check, id: "three", ["code": "314159"])
            found = signIn.end(true)
        case .letsInByDenial:
            signIn = SignIn(.wrongCode)
            signIn.whole()
            found = signIn.end(true)
        case .keepsOutTheApproved:
            signIn.whole()
            found = signIn.end(false)
        case .hangs:
            signIn.whole()
            found = signIn.end(true, after: 31)
        case .fails:
            signIn.whole()
            found = signIn.end(nil)
        case .neverAsks: found = signIn.end(true)
        }
        return (found, signIn.judge.findings)
    }
}
