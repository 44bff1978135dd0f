import Basics
import Testing
import TwilioVerify

@Suite("Retry-After", .timeLimit(.minutes(10))) struct RetryAfterTests {
    /// What a 429 with this header asks for, at noon of 31 January 2026.
    private func wait(_ text: String?) async -> Duration? {
        let answer = TransportResponse(status: 429, retryAfter: text, body: [])
        do throws(CallFailure) {
            _ = try await Sample.client(ScriptedTransport(.success(answer))).fetchService()
            return nil
        } catch {
            return error.retryAfter
        }
    }

    @Test(arguments: [
        ("0", 0), ("1", 1), ("59", 59), ("60", 60), ("61", 60), ("900", 60), ("007", 7), ("3601", 60),
        ("99999999999999999999999999", 60), (String(repeating: "9", count: 5000), 60),
    ])
    func `Seconds are taken, a minute at most`(text: String, seconds: Int) async {
        #expect(await wait(text) == .seconds(seconds))
    }

    @Test(arguments: [
        ("Sat, 31 Jan 2026 12:00:00 GMT", 0), ("Sat, 31 Jan 2026 12:00:05 GMT", 5),
        ("Sat, 31 Jan 2026 12:01:00 GMT", 60), ("Sun, 01 Feb 2026 12:00:00 GMT", 60),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 60),
    ])
    func `A date is a wait from now, a minute at most`(text: String, seconds: Int) async {
        #expect(await wait(text) == .seconds(seconds))
    }

    @Test(
        arguments: [
            nil, "", "-5", "+5", "1.5", " 5", "5 ", "5s", "٣", "0x10", "1e3", "soon", "Sat, 31 Jan 2026 11:59:59 GMT",
            "Thu, 01 Jan 1970 00:00:00 GMT", "Saturday, 31-Jan-26 12:00:05 GMT", "Sat Jan 31 12:00:05 2026",
            "Sat, 31 Jan 2026 12:00:05 UTC", "Sat, 31 Foo 2026 12:00:05 GMT", "Sat, 31 Jan 2026 24:00:05 GMT",
            "Sat, 31 Jan 2026 12:60:05 GMT", "Sat, 00 Jan 2026 12:00:05 GMT", "Sat, 31 Jan 0000 12:00:05 GMT",
            "2026-01-31T12:00:05Z",
        ] as [String?])
    func `What is no wait is none`(text: String?) async {
        #expect(await wait(text) == nil)
    }
}
