import Basics
import SitePolicy
import Store
import Testing
import Wire

@testable import Pipeline

@Suite("Contract 6: registration")
struct RegistrationRulesTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    private var authenticator: Authenticator {
        Authenticator(factorSID: "YF1", identity: "i", registeredAt: scene.now)
    }

    /// Somebody whose only method is an authenticator.
    private func withAuthenticator(_ change: (inout Situation) -> Void = { _ in }) -> Situation {
        scene.situation {
            $0.user = scene.user { ($0.phone, $0.authenticator) = (nil, authenticator) }
            change(&$0)
        }
    }

    private func register(_ situation: Situation, _ change: (inout PipelineSettings) -> Void = { _ in }) -> Reason? {
        scene.send(situation, purpose: .register, change).answer?.reason
    }

    @Test("6 verify_first: with any method registered, an approved check of this login in the last 10 minutes")
    func verifyFirst() {
        #expect(register(withAuthenticator()) == .verifyFirst)
        for (age, reason) in [(0, nil), (600, nil), (601, Reason.verifyFirst)] {
            let situation = withAuthenticator { $0.approvedAt = scene.now - .seconds(age) }
            #expect(register(situation) == reason, "\(age) s")
        }
        #expect(register(scene.situation { $0.user = nil }) == nil)
        #expect(register(scene.situation { $0.user = scene.user { $0.phone = nil } }) == nil)
    }

    @Test("6 verify_first: asked again when the code is checked, should a method have been registered meanwhile")
    func verifyFirstAtCheck() throws {
        let situation = withAuthenticator { ($0.pending, $0.code) = (scene.pending(.register), scene.code()) }
        #expect(scene.check(situation).answer?.reason == .verifyFirst)
        let answer = try scene.checking(.register).approved(situation)
        #expect(answer.outcome == .notAllowed && answer.reason == .verifyFirst && answer.changes.users.isEmpty)
        var confirmed = situation
        confirmed.pending?.wasConfirmed = true
        #expect(scene.check(confirmed).call != nil)
        var proven = situation
        proven.approvedAt = scene.now - .seconds(9)
        #expect(scene.check(proven).call != nil)
        #expect(try scene.checking(.register).approved(proven).outcome == .approved)
    }

    @Test("6 A registered phone is changed by a reset only: already_registered, or contact_administrator for another")
    func change() {
        #expect(register(scene.situation { $0.approvedAt = scene.now }) == .alreadyRegistered)
        let other = scene.situation { ($0.place, $0.approvedAt) = (scene.place(scene.other), scene.now) }
        #expect(register(other) == .contactAdministrator)
        #expect(scene.send(other, purpose: .register).answer?.outcome == .notAllowed)
    }

    @Test("6 A phone counts once a check approved it, and not before")
    func counts() throws {
        #expect(
            try scene.sending(purpose: .register).sent(scene.verification(), scene.situation { $0.user = nil }).changes
                .users.isEmpty)
        let answer = try scene.checking(.register).approved(scene.pendingSituation(.register))
        let user = try #require(answer.changes.users.first)
        #expect(user.isKnown && user.phone == scene.phone(scene.number) && user.lastApprovedAt == scene.now)
        #expect(try answer.reply.registered == .phone)
    }

    @Test("3 registered: only if this check completed that registration")
    func registeredOnce() throws {
        let again = try scene.checking(.register).approved(scene.pendingSituation { _ in })
        #expect(again.outcome == .approved)
        #expect(try again.reply.registered == nil)
        let login = try scene.checking(.login).approved(scene.pendingSituation())
        #expect(try login.reply.registered == nil)
    }

    @Test("6 Another phone by the time of the check: contact_administrator, and nothing is registered")
    func otherPhone() throws {
        let situation = scene.pendingSituation(.register) {
            $0.user = scene.user { $0.phone = scene.phone(scene.other) }
        }
        #expect(scene.check(situation).answer?.reason == .contactAdministrator)
        let answer = try scene.checking(.register).approved(situation)
        #expect(answer.outcome == .notAllowed && answer.reason == .contactAdministrator)
        #expect(answer.changes.users.isEmpty && answer.changes.codes.map(\.ended) == [.codeUsed])
    }

    @Test("6 site.tickets: required asks for a good one; used up by the approval, not by the send")
    func tickets() throws {
        let nobody = scene.situation { $0.user = nil }
        #expect(register(nobody) == nil)
        #expect(register(nobody) { $0.ticketsRequired = true } == .ticketRequired)
        let decision = scene.send(scene.situation { ($0.user, $0.ticket) = (nil, [7]) }, purpose: .register) {
            $0.ticketsRequired = true
        }
        guard case .send(let send)? = decision.call else {
            Issue.record("no send")
            return
        }
        #expect(send.ticket == [7] && decision.changes.usedTickets.isEmpty)
        let checked = scene.check(scene.pendingSituation(.register) { $0.pending?.ticket = [7] })
        guard case .check(let check)? = checked.call else {
            Issue.record("no check")
            return
        }
        #expect(check.ticket == [7] && checked.changes.usedTickets.isEmpty)
        let approved = try scene.checking(.register, ticket: [7]).approved(scene.pendingSituation(.register))
        #expect(approved.changes.usedTickets == [[7]])
        #expect(
            try scene.checking(.register, ticket: [7]).denied(scene.pendingSituation(.register)).changes.usedTickets
                .isEmpty)
    }

    @Test("6 site.tickets: looked at for registrations only")
    func wanted() {
        func wanted(_ purpose: Purpose) -> Wanted {
            SendRules(
                draft: scene.draft, login: scene.login, channel: .sms, purpose: purpose, ticket: Redacted("T"),
                deadline: scene.now, settings: scene.settings()
            ).wanted
        }
        #expect(wanted(.register).ticket?.revealed == "T" && wanted(.login).ticket == nil)
        #expect(wanted(.register).approval && wanted(.register).strangers)
    }

    @Test("6 One who is not required may register")
    func notRequired() {
        let situation = scene.situation {
            ($0.user, $0.options) = (nil, ["2FA_LOGINTYPE_WEB": "None", "2FA_LOGINTYPE_WIN": "None"])
        }
        #expect(register(situation) == nil)
    }
}
