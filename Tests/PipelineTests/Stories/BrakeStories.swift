import Basics
import Pipeline
import SitePolicy
import Store
import TestKit
import Testing
import Wire

@Suite("Stories: brakes", .timeLimit(.minutes(10)))
struct BrakeStories {
    private static let hour: Duration = .seconds(3600)

    @discardableResult
    private func set(_ stop: Brake.Stop, everyone: Bool = false, for length: Duration = hour, _ site: Site) async throws
        -> Timestamp
    {
        let until = site.now + length
        let brake = Brake(stop, everyone: everyone, by: "mara", why: "pumping", at: site.now, until: until)
        #expect(try await change(.set(brake), site) == .set)
        return until
    }

    @discardableResult
    private func change(_ command: BrakeCommand, _ site: Site) async throws -> BrakeCommandResult {
        try await site.world.brake(command)
    }

    @Test(
        "8 brakes: a proven number gets its code, one that is not is refused, until the brake's end",
        arguments: StoreKind.allCases)
    func proven(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            site.advance(.seconds(300))
            for (stop, outcome, reason) in [
                (.sends, .unavailable, .paused), (.channel(.sms), .notAllowed, .methodDisabled),
                (.country("US"), .blocked, .countryNotAllowed), (.prefix("+1415"), .blocked, .countryNotAllowed),
            ] as [(Brake.Stop, Outcome, Reason)] {
                let until = try await set(stop, site)
                let starts = site.twilio.count(.start)
                let refused = try await desk.startPhone(Number.bob, "bob", "sign-in-2", id: RandomID.uuid())
                #expect(refused.outcome == outcome && refused.reason == reason, "\(stop): \(refused)")
                #expect(refused.retryAt == until.description)
                #expect(site.twilio.count(.start) == starts, "nothing is asked of Twilio")
                #expect(try await desk.options().methods?.first?.usable == true)
                #expect(try await desk.send().outcome == .sent, "\(stop)")
                #expect(try await desk.check(desk.code()).outcome == .approved)
                #expect(try await change(.lift(stop, by: "mara", why: "over"), site) != .lifted([]))
                site.advance(.seconds(300))
            }
            try await set(.sends, for: .seconds(60), site)
            site.advance(.seconds(60))
            #expect(try await desk.startPhone(Number.bob, "bob", "sign-in-2", id: "m-last").outcome == .sent)
        }
    }

    @Test(
        "8 brakes --everyone: nobody gets a code, options keeps its decision, a code that is out is still good",
        arguments: StoreKind.allCases)
    func everyone(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            site.advance(.seconds(300))
            let free = try await desk.options()
            #expect(try await desk.send().outcome == .sent)
            site.advance(.seconds(60))
            let until = try await set(.sends, everyone: true, site)
            let held = try await desk.options()
            #expect(held.decision == free.decision && held.because == free.because)
            #expect(
                held.methods?.map(\.usable) == [false, false] && held.methods?.map(\.reason) == [.paused, .paused])
            #expect(held.methods?.map(\.retryAt) == [until.description, until.description])
            let refused = try await desk.send()
            #expect(refused.outcome == .unavailable && refused.reason == .paused && refused.alternatives == nil)
            #expect(try await desk.check(desk.code()).outcome == .approved)
            #expect(try await desk.pipeline.methodsOff() == [.code(.sms), .code(.call)])
            try await change(.lift(nil, by: "mara", why: "over"), site)
            try await set(.channel(.sms), everyone: true, site)
            let disabled = try await desk.send()
            #expect(disabled.outcome == .notAllowed && disabled.reason == .methodDisabled)
            #expect(disabled.alternatives == [.code(.call)])
            #expect(try await desk.pipeline.methodsOff() == [.code(.sms)])
            let options = try await desk.options("carl")
            #expect(options.decision == "register" && options.registerChannels == [.call])
            try await set(.country("US"), everyone: true, site)
            #expect(try await desk.options().methods?.map(\.reason) == [.methodDisabled, .countryNotAllowed])
        }
    }

    @Test("8 brakes: a refused send costs no try of a limit, and its repeat is the same", arguments: StoreKind.allCases)
    func uncounted(_ kind: StoreKind) async throws {
        try await story(kind, { $0.limits.unprovenSendsPerNumberDay = 1 }) { site, desk in
            try await set(.sends, site)
            let first = try await desk.startPhone(Number.bob, "bob", "sign-in-2", id: "m-1")
            #expect(first.outcome == .unavailable)
            try await change(.lift(nil, by: "mara", why: "over"), site)
            let again = try await desk.startPhone(Number.bob, "bob", "sign-in-2", id: "m-1")
            #expect(again.outcome == .unavailable && again.reason == .paused)
            #expect(try await desk.startPhone(Number.bob, "bob", "sign-in-2", id: "m-2").outcome == .sent)
        }
    }
}
