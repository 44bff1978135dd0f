import Basics
import Testing

@testable import TwilioSimulator

@Suite("Over a real socket", .timeLimit(.minutes(10))) struct LiveTests {
    private static let base = "/v2/Services/VA00000000000000000000000000000001"

    @Test func `Start, look into the outbox, check`() async throws {
        try await withSimulator { simulator, port in
            let form = "To=%2B15017122661&Channel=sms"
            let started = await BlockingHTTP.send(port: port, Self.base + "/Verifications", form: form)
            #expect(started.hasPrefix("HTTP/1.1 201 Created\r\n"))
            #expect(started.contains("\r\nDate: "))
            #expect(started.contains("\r\nTwilio-Request-Id: RQ"))
            #expect(started.contains("\"url\":\"http://127.0.0.1:\(port)/v2/"))
            let code = try #require(simulator.outbox(to: "+15017122661").last?.code)
            let outbox = await BlockingHTTP.send(port: port, "/_simulator/outbox?to=+15017122661")
            #expect(outbox.contains("\"code\":\"\(code)\""))
            #expect(await BlockingHTTP.send(port: port, "/").contains("<strong>\(code)</strong>"))
            let check = form + "&Code=\(code)"
            let checked = await BlockingHTTP.send(port: port, Self.base + "/VerificationCheck", form: check)
            #expect(checked.contains("\"status\":\"approved\""))
            #expect(simulator.requests(.check) == 1)
            #expect(simulator.statistics == .counted(sends: 1, checks: 1, approved: 1, numbers: 1))
        }
    }

    @Test func `An endless body is refused`() async throws {
        try await withSimulator { _, port in
            let form = "To=" + String(repeating: "1", count: 70_000)
            let answer = await BlockingHTTP.send(port: port, Self.base + "/Verifications", form: form)
            #expect(answer.hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test func `The moved clock is seen, in the head of answers too`() async throws {
        try await withSimulator { simulator, port in
            let form = "To=%2B15017122661&Channel=sms"
            _ = await BlockingHTTP.send(port: port, Self.base + "/Verifications", form: form)
            let path = Self.base + "/Verifications/+15017122661"
            #expect(await BlockingHTTP.send(port: port, path).contains("\"status\":\"pending\""))
            // Far enough that no clock of this machine says the same.
            _ = await BlockingHTTP.send(port: port, "/_simulator/clock", form: "advance_seconds=31536000")
            let gone = await BlockingHTTP.send(port: port, path)
            #expect(gone.contains("\"code\":20404"))
            let year = simulator.now.description.prefix(4)
            let date = gone.split(separator: "\r\n").first { $0.hasPrefix("Date: ") }
            #expect(date?.contains(" \(year) ") == true)
        }
    }

    @Test func `A form in a browser leads back to its page`() async throws {
        try await withSimulator { _, port in
            let answer = await BlockingHTTP.send(
                port: port, "/_simulator/fault", form: "kind=500", headers: ["Accept: text/html,*/*"])
            #expect(answer.hasPrefix("HTTP/1.1 303 "))
            #expect(answer.contains("\r\nLocation: /_simulator\r\n"))
            let page = await BlockingHTTP.send(port: port, "/_simulator")
            #expect(page.contains("\r\nContent-Security-Policy: default-src 'none';"))
            #expect(page.contains("Fault on any: 500"))
            let foreign = await BlockingHTTP.send(
                port: port, "/_simulator/reset", form: "", headers: ["Sec-Fetch-Site: cross-site"])
            #expect(foreign.hasPrefix("HTTP/1.1 403 "))
        }
    }
}
