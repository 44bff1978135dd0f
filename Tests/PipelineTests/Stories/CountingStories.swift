import Basics
import Store
import TestKit
import Testing
import Wire

/// What operators see of the codes of a site, from the numbers that are counted with the outcomes.
@Suite("Stories: what is counted", .timeLimit(.minutes(10)))
struct CountingStories {
    private func page(_ site: Site, _ series: RollupSeries) async throws -> [RollupRow] {
        let look = try await site.world.look()
        defer { look.close() }
        let (since, until) = (site.now - .seconds(7 * 86_400), site.now + .seconds(60))
        return try await look.rollups(RollupQuery([series], since: since, until: until)).rows
    }

    private func conversion(_ site: Site) async throws -> ConversionFigures {
        ConversionFigures(try await page(site, .codesByHour))
    }

    @Test(
        "8 conversion: a code counts once, whatever it takes; one that nobody enters stays unused",
        arguments: StoreKind.allCases)
    func codes(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            _ = try await desk.startPhone(Number.anna, "anna", "sign-in-1")
            _ = try await desk.check(desk.wrong(), "anna", "sign-in-1")
            site.advance(.seconds(31))
            let again = try await desk.startPhone(Number.anna, "anna", "sign-in-1")
            #expect(again.outcome == .sent && again.sameCode == true)
            #expect(try await desk.check(desk.code(), "anna", "sign-in-1").outcome == .approved)
            let entered = try await conversion(site)
            #expect(entered.codes == 1 && entered.resends == 1 && entered.entered == 1 && entered.wrong == 1)
            #expect(entered.approved == 1 && entered.times.counts == [0, 0, 1, 0, 0, 0])
            _ = try await desk.startPhone(Number.bob, "bob", "sign-in-2")
            _ = try await desk.startPhone(Number.eve, "eve", "sign-in-3")
            _ = try await desk.ask(.cancel, ["user": "eve", "login": "sign-in-3"])
            let after = try await conversion(site)
            #expect(after.codes == 3 && after.approved == 1 && after.canceled == 1 && after.unused == 1)
            let row = try #require(try await page(site, .codesByHour).first)
            #expect(row[.purpose] == "register" && row[.channel] == "sms" && row[.country] == "US")
        }
    }

    @Test(
        "8 conversion goes by the hour of the first send, though the code is entered in the next",
        arguments: StoreKind.allCases)
    func cohort(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let hour = RollupSeries.codesByHour.start(of: site.now)
            site.advance(hour + .seconds(3600 - 5) - site.now)
            _ = try await desk.startPhone(Number.anna, "anna", "sign-in-1")
            site.advance(.seconds(20))
            #expect(try await desk.check(desk.code(), "anna", "sign-in-1").outcome == .approved)
            let rows = try await page(site, .codesByHour)
            #expect(Set(rows.map(\.start)) == [hour], "\(rows)")
            #expect(Set(try await page(site, .trafficByHour).map(\.start)) == [hour, hour + .seconds(3600)])
        }
    }

    @Test("8 conversion: five wrong entries use a code up", arguments: StoreKind.allCases)
    func usedUp(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            _ = try await desk.startPhone(Number.anna, "anna", "sign-in-1")
            for _ in 0..<5 { #expect(try await desk.check(desk.wrong(), "anna", "sign-in-1").outcome == .denied) }
            #expect(try await desk.check(desk.wrong(), "anna", "sign-in-1").outcome == .throttled)
            let figures = try await conversion(site)
            #expect(figures.usedUp == 1 && figures.wrong == 5 && figures.entered == 1 && figures.unused == 0)
        }
    }

    @Test("8 Twilio: each call of a job is counted with its result and Twilio's code", arguments: StoreKind.allCases)
    func calls(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            site.twilio.slow(.start, by: .milliseconds(150))
            site.twilio.fail(.start, .answer(400, code: 60410))
            #expect(try await desk.startPhone(Number.anna, "anna", "sign-in-1").reason == .fraudGuard)
            #expect(try await desk.startPhone(Number.bob, "bob", "sign-in-2").outcome == .sent)
            site.twilio.fail(.check, .answerLost)
            #expect(try await desk.check(desk.code(Number.bob), "bob", "sign-in-2").outcome == .approved)
            let rows = try await page(site, .callsByMinute)
            let groups = RollupGroup.of(rows, by: [.operation, .result, .code]).map { ($0.values, $0.count) }
            let told = Dictionary(uniqueKeysWithValues: groups.map { ($0.0.joined(separator: " "), $0.1) })
            #expect(told["verification.start success "] == 1)
            #expect(told["verification.start client_error 60410"] == 1)
            #expect(told["verification.check timeout "] == 1)
            #expect(told["verification.read success "] == nil && (told["verification.read not_found 20404"] ?? 0) >= 1)
            #expect((told["attempts.list success "] ?? 0) >= 1)
            let starts = CallFigures(rows.filter { $0[.operation] == "verification.start" })
            #expect(starts.count == 2 && starts.succeeded == 1 && starts.times.bound(of: 0.5) == .below(200))
        }
    }

    @Test("8 traffic: refusals count by the channel that was asked for", arguments: StoreKind.allCases)
    func refusals(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            #expect(try await desk.send("anna", "sign-in-1").outcome == .sent)
            let call: [String: JSONValue] = ["user": "anna", "login": "sign-in-1", "channel": "call"]
            #expect(try await desk.ask(.send, call).outcome == .throttled)
            let refused = try await page(site, .trafficByHour).filter { $0[.outcome] == "throttled" }
            #expect(refused.map { $0[.channel] } == ["call"] && refused.map { $0[.frontEnd] } == ["portal"])
            #expect(refused.map { $0[.country] } == ["US"])
        }
    }
}
