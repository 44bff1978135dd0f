import Basics
import Pipeline
import SitePolicy
import Store
import TestKit
import Testing
import Wire

@Suite("Stories: one number, several people", .timeLimit(.minutes(10)))
struct SharedNumberStories {
    @Test(
        "6 Whose code: two owners of one number share its code, and each checks in their own login",
        arguments: StoreKind.allCases)
    func owners(_ kind: StoreKind) async throws {
        try await story(kind, { $0.limits.cooldownSeconds = [] }) { site, desk in
            for user in ["anna", "bob"] { try await desk.register(Number.anna, user) }
            #expect(try await desk.send("anna").outcome == .sent)
            let second = try await desk.send("bob")
            #expect(second.outcome == .sent && second.sameCode == true)
            #expect(site.twilio.attempts(to: Number.anna) == 2 && site.twilio.count(.cancel) == 0)
            let code = try desk.code()
            #expect(try await desk.check(code, "eve").outcome == .invalid)
            #expect(try await desk.check(code, "bob").outcome == .approved)
            #expect(try await desk.check(code, "anna").reason == .notPending)
        }
    }

    @Test(
        "6 Whose code: a login send of the owner cancels a stranger's pending registration",
        arguments: StoreKind.allCases)
    func stranger(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register(Number.anna, "anna")
            #expect(try await desk.startPhone(Number.anna, "eve").outcome == .sent)
            let strangers = try desk.code()
            let sent = try await desk.send("anna")
            #expect(sent.outcome == .sent && sent.sameCode == nil && sent.sendsLeft == 4)
            let owners = try desk.code()
            #expect(owners != strangers && site.twilio.count(.cancel) == 1)
            #expect(try await desk.check(owners, "eve").reason == .replaced)
            #expect(try await desk.check(owners, "anna").outcome == .approved)
        }
    }

    @Test("6 Whose code: no number of sends and tries of a stranger holds the owner up", arguments: StoreKind.allCases)
    func usedUp(_ kind: StoreKind) async throws {
        try await story(kind, { $0.limits.unprovenSendsPerNumberDay = 6 }) { site, desk in
            try await desk.register(Number.anna, "anna")
            for index in 0..<5 {
                #expect(try await desk.startPhone(Number.anna, "eve").outcome == .sent, "\(index)")
                #expect(try await desk.check(desk.wrong(), "eve").outcome == .denied)
                site.advance(.seconds(110))
            }
            // Six a day here, one of them the owner's own, to a number that nobody has proven to be theirs.
            let sixth = try await desk.startPhone(Number.anna, "eve")
            #expect(sixth.outcome == .throttled && sixth.limit == .phone)
            let sent = try await desk.send("anna")
            #expect(sent.outcome == .sent && sent.sendsLeft == 4 && sent.checksLeft == 5)
            #expect(try await desk.check(desk.code(), "anna").outcome == .approved)
        }
    }

    @Test("6 Whose code: also not one whose login went on to another number", arguments: StoreKind.allCases)
    func movedOn(_ kind: StoreKind) async throws {
        try await story(kind, { ($0.limits.unprovenSendsPerNumberDay, $0.limits.cooldownSeconds) = (6, []) }) {
            site, desk in
            try await desk.register(Number.anna, "anna")
            for _ in 0..<5 { #expect(try await desk.startPhone(Number.anna, "eve").outcome == .sent) }
            #expect(try await desk.startPhone(Number.eve, "eve").outcome == .sent)
            #expect(try await desk.options("anna").methods?.first?.retryAt == nil)
            let sent = try await desk.send("anna")
            #expect(sent.outcome == .sent && sent.sameCode == nil)
        }
    }

    @Test("6 Whose code: nobody ends an owner's code with a registration", arguments: StoreKind.allCases)
    func ownersCode(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register(Number.anna, "anna")
            let sent = try await desk.send("anna")
            let stranger = try await desk.startPhone(Number.anna, "eve")
            #expect(stranger.outcome == .throttled && stranger.limit == .phone && stranger.retryAt == sent.expiresAt)
            #expect(try await desk.check(desk.code(), "eve").outcome == .invalid)
            #expect(try await desk.check(desk.code(), "anna").outcome == .approved)
        }
    }

    @Test("6 The owner's sends and the stranger's are counted apart", arguments: StoreKind.allCases)
    func counters(_ kind: StoreKind) async throws {
        func limits(_ settings: inout PipelineSettings) {
            (settings.limits.sendsPerNumberHour, settings.limits.unprovenSendsPerNumberDay) = (2, 2)
            settings.limits.cooldownSeconds = []
        }
        try await story(kind, limits) { site, desk in
            try await desk.register(Number.anna, "anna")
            #expect(try await desk.startPhone(Number.anna, "eve").outcome == .sent)
            #expect(try await desk.startPhone(Number.anna, "eve").limit == .phone)
            #expect(try await desk.send("anna").sendsLeft == 1)
            #expect(try await desk.send("anna").sendsLeft == 0)
            #expect(try await desk.send("anna").limit == .phone)
        }
    }
}
