import TestKit
import Testing

@testable import TwilioSimulator

@Suite("Faults over a real socket", .timeLimit(.minutes(10))) struct LiveFaultTests {
    private static let start = "/v2/Services/VA00000000000000000000000000000001/Verifications"
    private static let form = "To=%2B15017122661&Channel=sms"
    private static let whole = ",\"sna\":null,\"url\":\"http://127.0.0.1:"

    /// An answer as it came.
    struct Raw {
        var head: String
        var body: String

        init(_ text: String) {
            let end = text.firstRange(of: "\r\n\r\n")
            head = String(text[..<(end?.lowerBound ?? text.endIndex)])
            body = String(text[(end?.upperBound ?? text.endIndex)...])
        }

        /// What `Content-Length` promises.
        var length: Int? {
            head.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }.flatMap { Int($0.dropFirst(16)) }
        }
    }

    /// Orders a fault as a program does, then starts a verification.
    private func start(_ port: Int, _ order: String) async -> String {
        let answer = await BlockingHTTP.send(
            port: port, "/_simulator/fault", form: "operation=start&count=1&ms=1&\(order)")
        #expect(answer.hasPrefix("HTTP/1.1 204 "))
        return await BlockingHTTP.send(port: port, Self.start, form: Self.form)
    }

    @Test(arguments: SimulatorFault.Kind.allCases) func `Every kind does what it is said to do`(
        kind: SimulatorFault.Kind
    ) async throws {
        try await withSimulator { simulator, port in
            let code = kind == .error ? "&code=60410" : ""
            let text = await start(port, "kind=\(kind.rawValue)&bytes=300000\(code)")
            let raw = Raw(text)
            switch kind {
            case .closeBefore, .closeAfter, .hang: #expect(text == "")
            case .error: #expect(raw.head.hasPrefix("HTTP/1.1 403 ") && raw.body.hasPrefix("{\"code\":60410,"))
            case .unauthorized, .tooManyRequests, .serverError, .badGateway, .unavailable, .gatewayTimeout:
                #expect(raw.head.hasPrefix("HTTP/1.1 \(kind.rawValue) "))
                #expect(raw.body.hasPrefix("{\"code\":20"))
            case .created, .delay, .slowBody:
                #expect(raw.head.hasPrefix("HTTP/1.1 201 "))
                #expect(raw.body.contains(Self.whole))
            case .extra: #expect(raw.body.hasPrefix("{\"unknown_ahead\":") && raw.body.contains(Self.whole))
            case .wrongType:
                #expect(raw.head.contains("\r\nContent-Type: text/plain"))
                #expect(raw.body.contains(Self.whole))
            case .garbage: #expect(raw.body == "<html><body>{\"sid\": \"VE")
            case .html: #expect(raw.head.contains("\r\nContent-Type: text/html") && raw.body.hasPrefix("<!doctype"))
            case .empty:
                #expect(raw.head.hasPrefix("HTTP/1.1 201 "))
                #expect(raw.body == "")
            case .cutShort: #expect(raw.length == raw.body.utf8.count * 2 || raw.length == raw.body.utf8.count * 2 + 1)
            case .huge:
                #expect(raw.body.hasPrefix(String(repeating: " ", count: 300_000) + "{\"sid\":"))
                #expect(raw.length == raw.body.utf8.count)
            }
            let isDone = SimulatorFault(kind).performs
            #expect(simulator.outbox().count == (isDone ? 1 : 0))
            let next = await BlockingHTTP.send(port: port, Self.start, form: Self.form)
            #expect(next.hasPrefix("HTTP/1.1 201 ") && next.contains(Self.whole))
        }
    }

    @Test func `A check can be answered with 201`() async throws {
        try await withSimulator { simulator, port in
            _ = await BlockingHTTP.send(port: port, Self.start, form: Self.form)
            let code = try #require(simulator.outbox().last?.code)
            simulator.setFault(SimulatorFault(.created), on: .check)
            let path = "/v2/Services/VA00000000000000000000000000000001/VerificationCheck"
            let answer = await BlockingHTTP.send(port: port, path, form: "To=%2B15017122661&Code=\(code)")
            #expect(answer.hasPrefix("HTTP/1.1 201 "))
            #expect(answer.contains("\"status\":\"approved\""))
        }
    }

    @Test(arguments: ["500", "502", "503", "504"]) func `A check is refused now and carried out later`(
        status: String
    ) async throws {
        try await withSimulator { simulator, port in
            _ = await BlockingHTTP.send(port: port, Self.start, form: Self.form)
            let message = try #require(simulator.outbox().last)
            let control = await BlockingHTTP.send(
                port: port, "/_simulator/fault", form: "operation=check&kind=\(status)&performed=later&ms=1&count=1")
            #expect(control.hasPrefix("HTTP/1.1 204 "))
            let path = "/v2/Services/VA00000000000000000000000000000001/VerificationCheck"
            let answer = await BlockingHTTP.send(port: port, path, form: "To=%2B15017122661&Code=\(message.code)")
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
            try await Wait.until("the check to be carried out") { simulator.statistics.approved == 1 }
            #expect(simulator.statistics.checks == 1)
            #expect(simulator.requests(.check) == 1)
        }
    }

    @Test func `What is to be done later is not done before its time`() async throws {
        try await withSimulator { simulator, port in
            let order = "operation=start&kind=503&performed=later&ms=3600000&count=1"
            #expect(await BlockingHTTP.send(port: port, "/_simulator/fault", form: order).hasPrefix("HTTP/1.1 204 "))
            #expect(await BlockingHTTP.send(port: port, Self.start, form: Self.form).hasPrefix("HTTP/1.1 503 "))
            #expect(simulator.outbox().isEmpty)
            #expect(await BlockingHTTP.send(port: port, Self.start, form: Self.form).hasPrefix("HTTP/1.1 201 "))
            #expect(simulator.outbox().count == 1)
        }
    }

    @Test(arguments: [
        (
            "kind=429&retry_after=Sun,%2006%20Nov%201994%2008:49:37%20GMT",
            "\r\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT"
        ),
        ("kind=429&retry_after=-5", "\r\nRetry-After: -5"), ("kind=503&body=html", "<h1>503 Service unavailable</h1>"),
        ("kind=502&body=empty", "\r\nContent-Length: 0"), ("kind=500&performed=true", "{\"code\":20500,"),
    ])
    func `A status comes as it was ordered`(order: String, part: String) async throws {
        try await withSimulator { simulator, port in
            let answer = await start(port, order)
            #expect(answer.contains(part))
            #expect(simulator.outbox().count == (order.contains("performed") ? 1 : 0))
        }
    }

    @Test func `Retry-After can be missing`() async throws {
        try await withSimulator { _, port in
            let answer = await start(port, "kind=429&retry_after=none")
            #expect(answer.hasPrefix("HTTP/1.1 429 "))
            #expect(!answer.contains("Retry-After"))
        }
    }

    @Test(arguments: [SimulatorFault.Kind.closeBefore, .closeAfter])
    func `A connection that has served before closes without a byte too`(kind: SimulatorFault.Kind) async throws {
        try await withSimulator { simulator, port in
            simulator.setFault(SimulatorFault(kind), on: .start)
            let host = "Host: 127.0.0.1:\(port)\r\nAuthorization: \(BlockingHTTP.basic)\r\n"
            let first = "GET /v2/Attempts/Summary HTTP/1.1\r\n\(host)\r\n"
            let second =
                "POST \(Self.start) HTTP/1.1\r\n\(host)Content-Length: \(Self.form.utf8.count)\r\n\r\n\(Self.form)"
            let received = await BlockingHTTP.exchange(port: port, first + second)
            let raw = Raw(received)
            #expect(raw.head.hasPrefix("HTTP/1.1 200 "))
            #expect(raw.length == raw.body.utf8.count)
            #expect(simulator.outbox().count == (kind == .closeAfter ? 1 : 0))
        }
    }

    @Test func `Many at once are dropped without a byte`() async throws {
        try await withSimulator { simulator, port in
            simulator.setFault(SimulatorFault(.closeAfter), on: .start)
            let answers = await withTaskGroup(of: String.self) { group in
                for index in 10..<60 {
                    group.addTask {
                        await BlockingHTTP.send(
                            port: port, Self.start, form: "To=%2B150171226\(index)&Channel=sms")
                    }
                }
                return await group.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(answers == Array(repeating: "", count: 50))
            #expect(simulator.outbox().count == 50)
        }
    }
}
