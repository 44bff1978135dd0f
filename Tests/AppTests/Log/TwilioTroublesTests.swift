import Basics
import Logging
import Testing
import TwilioVerify

@testable import App

@Suite("Contract 8: a refusal of Twilio's is told")
struct TwilioTroublesTests {
    private var troubles = TwilioTroubles()
    private var now = MonotonicTime(nanoseconds: 1_000_000_000_000)

    private mutating func note(
        _ failure: CallFailure?, of operation: TwilioOperation = .startVerification, after wait: Duration = .zero
    ) -> TwilioTroubles.Line? {
        now = now + wait
        return troubles.note(
            EndedRequest(operation: operation, failure: failure, duration: .zero, at: Timestamp(seconds: 0)), at: now)
    }

    private func refusal(
        _ code: Int?, status: Int = 403, _ meaning: TwilioMeaning = .other,
        _ result: CallFailure.Result = .clientError
    ) -> CallFailure {
        CallFailure(effect: .refused, result: result, code: code, meaning: meaning, httpStatus: status)
    }

    @Test("8 once a minute per operation and code, with status, code, the catalogue's advice and a count")
    mutating func once() throws {
        let wrong = refusal(20003, status: 401, .credentials, .unauthorized)
        let first = try #require(note(wrong))
        #expect(first.level == .error)
        #expect(first.message == "Twilio refuses")
        #expect(
            first.metadata == [
                "operation": "verification.start", "status": "401", "code": "20003", "meaning": "credentials",
                "advice": ErrorCatalog.entry(for: 20003)?.advice ?? "",
            ])
        #expect(note(wrong, after: .seconds(30)) == nil)
        #expect(note(wrong, after: .seconds(29)) == nil)
        #expect(note(wrong, of: .check)?.metadata["operation"] == "verification.check")
        #expect(note(refusal(20006, .credentials))?.metadata["code"] == "20006")
        let next = try #require(note(wrong, after: .seconds(1)))
        #expect(next.metadata["held_back"] == "2")
        #expect(note(wrong, after: .seconds(60))?.metadata["held_back"] == nil)
    }

    @Test("8 the first good call after that says that it works again, once")
    mutating func worksAgain() {
        #expect(note(nil) == nil)
        _ = note(refusal(20003, status: 401, .credentials, .unauthorized))
        #expect(note(nil, of: .check) == nil)
        let line = note(nil)
        #expect(line?.level == .notice && line?.message == "Twilio works again")
        #expect(line?.metadata == ["operation": "verification.start"])
        #expect(note(nil) == nil)
        // What concerns one number is no end of anything.
        _ = note(refusal(60605, .countryNotAllowed))
        #expect(note(nil) == nil)
    }

    @Test(
        "8 how grave it is",
        arguments: [
            (20003, TwilioMeaning.credentials, Logger.Level.error), (20404, .serviceMissing, .error),
            (60238, .fraudGuard, .error), (60410, .fraudGuard, .warning), (21215, .countryNotAllowed, .warning),
            (21608, .other, .warning), (99999, .other, .warning), (60200, .invalidTo, .info),
            (60202, .maxChecks, .info),
            (60331, .localeNotSupported, .info), (20404, .notFound, .debug),
        ])
    mutating func levels(code: Int, meaning: TwilioMeaning, level: Logger.Level) {
        let result: CallFailure.Result = code == 20404 ? .notFound : .clientError
        #expect(note(refusal(code, meaning, result))?.level == level)
    }

    @Test("8 an answer without a code, and none at all, are told by what they are")
    mutating func withoutCode() throws {
        let proxy = try #require(note(refusal(nil, status: 401, .credentials, .unauthorized)))
        #expect(proxy.metadata["status"] == "401" && proxy.metadata["code"] == nil)
        #expect(proxy.metadata["advice"] == ErrorCatalog.entry(for: 20003)?.advice)
        let silence = try #require(note(CallFailure(effect: .unknown, result: .timeout)))
        #expect(silence.message == "Twilio fails" && silence.level == .warning)
        #expect(silence.metadata["result"] == "timeout")
        #expect(silence.metadata["advice"]?.contains("firewall") == true)
        let unknown = try #require(note(refusal(61234)))
        #expect(unknown.metadata["advice"]?.hasSuffix("/errors/61234.") == true)
    }

    @Test("8 codes without end are bounded, and all of them counted")
    mutating func bounded() {
        let lines = (0..<5000).compactMap { note(refusal(100_000 + $0)) }
        #expect(lines.count <= 257)
        #expect(note(refusal(999_999), after: .seconds(61)) != nil)
    }
}
