import Basics
import Pipeline
import Store
import TestKit
import Testing
import Wire

@Suite("Stories: a language never costs a code", .timeLimit(.minutes(10)))
struct LanguageStories {
    private func register(_ desk: Desk, _ locale: JSONValue) async throws -> Reply {
        try await desk.startPhone(Number.anna, "anna", "sign-in-1", ["locale": locale])
    }

    @Test(
        "2 locale: a start that is refused for the language is asked for once more without one",
        arguments: StoreKind.allCases, [(404, 20404), (400, 60331)])
    func refused(_ kind: StoreKind, _ answer: (status: Int, code: Int)) async throws {
        try await story(kind) { site, desk in
            site.twilio.fail(.start, .answer(answer.status, code: answer.code))
            let reply = try await register(desk, "de-DE")
            #expect(reply.outcome == .sent)
            #expect(site.twilio.languages == ["de", nil])
            #expect(site.twilio.attempts(to: Number.anna) == 1)
            let code = try desk.code()
            #expect(try await desk.check(code).outcome == .approved)
        }
    }

    @Test(
        "2 locale: once only; a service that is gone is told as such, also by a start that named no language",
        arguments: StoreKind.allCases)
    func once(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            for _ in 0..<5 { site.twilio.fail(.start, .answer(404, code: 20404)) }
            let reply = try await register(desk, "de")
            #expect(reply.outcome == .unavailable && reply.reason == .providerRefused)
            #expect(site.twilio.languages == ["de", nil])
            #expect(try await register(desk, .null).reason == .providerRefused)
            #expect(site.twilio.languages == ["de", nil, nil])
        }
    }

    @Test(
        "2 locale: what Twilio does not have, and what names no language, is left out",
        arguments: StoreKind.allCases, ["*", "", "C", "tlh", "x-klingon", "de_", "💬"])
    func leftOut(_ kind: StoreKind, _ locale: String) async throws {
        try await story(kind) { site, desk in
            let reply = try await register(desk, .string(locale))
            #expect(reply.outcome == .sent)
            #expect(site.twilio.languages == [nil])
        }
    }

    @Test("5.7 locale: no second call when the time is over", arguments: StoreKind.allCases)
    func late(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            site.twilio.fail(.start, .answer(404, code: 20404))
            site.twilio.slow(.start, by: .seconds(29))
            let reply = try await register(desk, "de")
            #expect(reply.outcome == .late)
            #expect(site.twilio.count(.start) == 1)
        }
    }
}
