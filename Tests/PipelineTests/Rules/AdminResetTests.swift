import Basics
import Store
import Testing
import Wire

@testable import Pipeline

@Suite("Contract 2: admin.user.reset")
struct AdminResetTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    private func rules(_ what: ResetScope = .all, ticket: Bool = false) -> AdminRules {
        scene.admin(.adminUserReset, .userReset(reason: "lost", what: what, ticket: ticket))
    }

    private func both() -> Situation {
        scene.situation {
            $0.user?.authenticator = Authenticator(factorSID: "YF", identity: "i", registeredAt: scene.now)
        }
    }

    @Test("2 admin.user.reset: registrations are removed here at once, by what", arguments: ResetScope.allCases)
    func scopes(what: ResetScope) throws {
        let decision = rules(what).decide(both())
        let user = try #require(decision.changes.users.first)
        #expect((user.phone == nil) == (what != .authenticator))
        #expect((user.authenticator == nil) == (what != .phone))
        #expect(user.isKnown)
        guard what != .phone else { return }
        #expect(
            decision.canceled == PlannedCancel(codes: [], factors: [OldFactor(identity: "i", factorSID: "YF")]))
    }

    @Test("2 admin.user.reset: pending codes end, approvals go; what is under way ends as reset")
    func ends() throws {
        let answer = try rules().answer(scene.situation())
        #expect(answer.changes.users.map(\.generation) == [1])
        guard case .endAccess("u1", AccessGrant.all, .reset)? = answer.changes.first else {
            Issue.record("something goes on")
            return
        }
        #expect(answer.audit?.detail == #"{"reason":"lost","what":"all"}"#)
        #expect(try answer.reply.providerPending == nil)
    }

    @Test("2 admin.user.reset: codes that are open at Twilio are ended there too, the rest is written before")
    func calls() throws {
        let codes = [OpenCode(number: "+14155550142", sid: "VE1"), OpenCode(number: "+14155550199", sid: "VE2")]
        var situation = both()
        situation.openCodes = codes
        let decision = rules(ticket: true).decide(situation)
        let factor = OldFactor(identity: "i", factorSID: "YF")
        #expect(decision.canceled == PlannedCancel(codes: codes, factors: [factor], withheld: .ticket))
        #expect(decision.changes.kinds == ["endAccess", "user", "ticket", "audit"])
        #expect(rules().wanted.openCodes && rules().wanted.authenticator)
    }

    @Test("2 admin.user.reset: an authenticator that is being registered ends with it", arguments: ResetScope.allCases)
    func enrolment(what: ResetScope) throws {
        let situation = scene.situation { $0.enrolment = scene.enrolment() }
        let decision = rules(what).decide(situation)
        guard case .endAccess("u1", let grants, .reset)? = decision.changes.first else {
            Issue.record("something goes on")
            return
        }
        #expect(grants.contains(.enrolment))
        // As long as the factor stays, so does what keeps its codes from being used twice.
        #expect(grants == (what == .phone ? AccessGrant.all.subtracting(AccessGrant.ofFactor) : AccessGrant.all))
        #expect(decision.canceled == PlannedCancel(codes: [], factors: [scene.enrolment().factor]))
        let over = scene.situation { $0.enrolment = scene.enrolment().ended(.triesUsedUp) }
        #expect(rules(what).decide(over).call == nil)
    }

    @Test("2 admin.user.reset: says what it found and what it took away")
    func found() throws {
        var situation = both()
        situation.handedOut = HandedOut(ticketUntil: scene.now + .seconds(60), bypassUntil: scene.now + .seconds(30))
        situation.enrolment = scene.enrolment()
        situation.openCodes = [OpenCode(number: "+14155550142", sid: "VE1")]
        let decision = rules().decide(situation)
        let body = try #require(decision.planned?.reply)
        let intent = scene.intent(.cancel(try #require(decision.planned)), kind: .adminUserReset)
        let reply = try #require(CancelConclusions(intent)).ended(left: [], scene.situation()).reply
        #expect(reply.before?.phone == "+1········42" && reply.before?.authenticator == true)
        #expect(reply.before?.bypassUntil == (scene.now + .seconds(30)).description)
        #expect(reply.profile?.phone == nil && reply.profile?.authenticator == false && reply.profile?.known == true)
        #expect(reply.profile?.ticketUntil == nil && reply.profile?.bypassUntil == nil)
        let taken = ["phone": 1, "authenticator": 1, "codes": 1, "enrolments": 1, "tickets": 1, "bypass_codes": 1]
        #expect(reply.counts == taken && reply.warnings == nil)
        #expect(try Reply.decode(body).counts == reply.counts)
        // With nothing at Twilio the same is said at once.
        let bare = try rules(.authenticator).answer(scene.situation()).reply
        #expect(
            bare.before?.phone != nil && bare.profile?.phone != nil
                && bare.counts?.values.allSatisfy { $0 == 0 } == true)
    }

    @Test("2 admin.user.reset: provider_pending until everything is gone at Twilio")
    func pending() throws {
        let factors = [OldFactor(identity: "i", factorSID: "YF"), OldFactor(identity: "j", factorSID: nil)]
        let intent = scene.intent(.cancel(PlannedCancel(codes: [], factors: factors)), kind: .adminUserReset)
        let conclusions = try #require(CancelConclusions(intent))
        let left = conclusions.ended(left: [.removeFactor(factors[0])], scene.situation())
        #expect(try left.reply.providerPending == true && left.changes.oldFactors == [factors[0]])
        let none = conclusions.ended(left: [], scene.situation())
        #expect(try none.reply.providerPending == nil && none.changes.isEmpty)
    }

    @Test("2 admin.user.reset: ticket in the reply if asked for, 72 hours, not in the record")
    func ticket() throws {
        let answer = try rules(ticket: true).answer(scene.situation())
        #expect(answer.changes.tickets == ["AB-CD"] && answer.withheld == .ticket)
        #expect(!String(decoding: answer.body, as: UTF8.self).contains("AB-CD"))
        #expect(try rules().answer(scene.situation()).changes.tickets.isEmpty)
    }

    @Test("2 admin.user.reset: also of somebody never seen, so that what is under way ends")
    func nobody() throws {
        let answer = try rules().answer(scene.situation { $0.user = nil })
        #expect(answer.outcome == .done)
        #expect(answer.changes.users.map(\.generation) == [1] && answer.changes.users.map(\.isKnown) == [false])
        let reply = try answer.reply
        #expect(reply.profile?.known == false && reply.before?.known == false)
        #expect(reply.warnings == [FieldProblem("user", "unknown_user")])
        #expect(reply.message == "Nobody of this name is known: there was nothing to do.")
    }
}

extension Decision {
    fileprivate var planned: PlannedCancel? {
        guard case .cancel(let cancel)? = call else { return nil }
        return cancel
    }

    /// What is ended at Twilio, without the reply that is given afterwards.
    fileprivate var canceled: PlannedCancel? {
        planned.map { PlannedCancel(codes: $0.codes, factors: $0.factors, withheld: $0.withheld) }
    }
}
