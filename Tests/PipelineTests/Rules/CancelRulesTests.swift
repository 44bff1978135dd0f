import Basics
import Store
import Testing
import Wire

@testable import Pipeline

@Suite("Contract 2: cancel")
struct CancelRulesTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    private func conclusions(_ kind: JobKind, withheld: WithheldField? = nil) throws -> CancelConclusions {
        let codes = [OpenCode(number: scene.number.revealed, sid: "VE1")]
        let call = PlannedCall.cancel(PlannedCancel(codes: codes, withheld: withheld))
        return try #require(CancelConclusions(scene.intent(call, kind: kind)))
    }

    @Test("2 cancel: canceled, also when nothing was pending")
    func nothing() throws {
        for change: (inout Situation) -> Void in [{ $0.pending = nil }, { $0.pending?.ended = .codeUsed }] {
            let decision = scene.cancel(scene.pendingSituation(.login, change))
            #expect(decision.answer?.outcome == .canceled && decision.changes.isEmpty)
        }
    }

    @Test("2 cancel: the login's tie ends, and its code at Twilio")
    func ends() {
        let decision = scene.cancel(scene.pendingSituation())
        let codes = [OpenCode(number: "+14155550142", sid: "VE1")]
        #expect(decision.call == .cancel(PlannedCancel(codes: codes)))
        #expect(decision.changes.ties.map(\.ended) == [.notPending])
    }

    @Test("6 Whose code: a code that others still wait for is not ended at Twilio")
    func shared() {
        for change: (inout Situation) -> Void in [
            { $0.strangers = [.login] }, { $0.strangers = [.register] }, { $0.pendingElsewhere = true },
            { $0.code?.sid = "VE2" }, { $0.code?.ended = .codeUsed }, { $0.code?.expiresAt = scene.now },
        ] {
            let decision = scene.cancel(scene.pendingSituation(.login, change))
            #expect(decision.answer?.outcome == .canceled)
            #expect(decision.changes.ties.map(\.ended) == [.notPending])
        }
    }

    @Test("2 cancel: job marks a send of the same login that may still wait")
    func job() {
        let decision = scene.cancel(scene.situation(), send: "m-9")
        #expect(decision.answer?.outcome == .canceled)
        #expect(decision.changes.canceledSends == [JobKey(frontEnd: "web", messageID: "m-9")])
        #expect(scene.cancel(scene.situation()).changes.isEmpty)
    }

    @Test("4 late: nothing is marked")
    func late() {
        let decision = scene.cancel(scene.pendingSituation(), send: "m-9", patience: .milliseconds(1999))
        #expect(decision.answer?.outcome == .late && decision.changes.isEmpty)
    }

    @Test(
        "2 cancel: canceled whether Twilio could be told or not",
        arguments: [[], [ProviderChore.cancelVerification(sid: "VE1")]])
    func concluded(left: [ProviderChore]) throws {
        let answer = try conclusions(.cancel).ended(left: left, scene.pendingSituation())
        #expect(answer.outcome == .canceled && answer.changes.codes.map(\.ended) == [.notPending])
        let newer = try conclusions(.cancel).ended(left: left, scene.pendingSituation { $0.code?.sid = "VE2" })
        #expect(newer.changes.isEmpty)
    }

    @Test("2 admin.user.reset: provider_pending if that still has to happen; an ended code holds nobody up")
    func reset() throws {
        let done = try conclusions(.adminUserReset, withheld: .ticket).ended(left: [], scene.pendingSituation())
        #expect(done.outcome == .done && done.withheld == .ticket)
        #expect(try done.reply.providerPending == nil)
        #expect(done.changes.contains { if case .endCode(sid: "VE1", .reset) = $0 { true } else { false } })
        let left = ProviderChore.cancelVerification(sid: "VE1")
        let pending = try conclusions(.adminUserReset).ended(left: [left], scene.pendingSituation())
        #expect(try pending.reply.providerPending == true)
        #expect(pending.changes.chores == [left] && pending.withheld == nil)
        #expect(pending.changes.codes.isEmpty)
    }
}
