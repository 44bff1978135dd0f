import Basics
import Logging
import Testing

@testable import TwilioSimulator

@Suite("Over a real socket") struct LiveTests {
    /// Runs a simulator on a free port while `body` runs.
    private func withSimulator(_ body: @escaping @Sendable (TwilioSimulator, Int) async throws -> Void) async throws {
        var configuration = SimulatorConfiguration()
        configuration.port = 0
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let simulator = TwilioSimulator(configuration: configuration, logger: logger)
        let (ports, ready) = AsyncStream.makeStream(of: Int.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // Ends the wait for the port when the server could not start.
                defer { ready.finish() }
                try await simulator.run { ready.yield($0) }
            }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            try await body(simulator, port)
            group.cancelAll()
        }
    }

    private static let base = "/v2/Services/VA00000000000000000000000000000001"

    @Test(.timeLimit(.minutes(1))) func `Start, look into the outbox, check`() async throws {
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
            #expect(await BlockingHTTP.send(port: port, "/").contains("your code is \(code)"))
            let check = form + "&Code=\(code)"
            let checked = await BlockingHTTP.send(port: port, Self.base + "/VerificationCheck", form: check)
            #expect(checked.contains("\"status\":\"approved\""))
            #expect(simulator.requests(.check) == 1)
            #expect(simulator.statistics == .counted(sends: 1, checks: 1, approved: 1, numbers: 1))
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [(SimulatorFault.Kind.closeAfter, 1), (.closeBefore, 0)])
    func `A dropped answer is no answer`(kind: SimulatorFault.Kind, sends: Int) async throws {
        try await withSimulator { simulator, port in
            simulator.setFault(SimulatorFault(kind, count: 1), on: .start)
            let form = "To=%2B15017122661&Channel=sms"
            #expect(await BlockingHTTP.send(port: port, Self.base + "/Verifications", form: form) == "")
            #expect(simulator.outbox().count == sends)
            let next = await BlockingHTTP.send(port: port, Self.base + "/Verifications", form: form)
            #expect(next.hasPrefix("HTTP/1.1 201 "))
        }
    }

    @Test(.timeLimit(.minutes(1))) func `An endless body is refused`() async throws {
        try await withSimulator { _, port in
            let form = "To=" + String(repeating: "1", count: 70_000)
            let answer = await BlockingHTTP.send(port: port, Self.base + "/Verifications", form: form)
            #expect(answer.hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test(.timeLimit(.minutes(1))) func `Ordered faults and the moved clock are seen`() async throws {
        try await withSimulator { simulator, port in
            let form = "To=%2B15017122661&Channel=sms"
            for (kind, expected) in [("500", "HTTP/1.1 500 "), ("503", "HTTP/1.1 503 "), ("429", "Retry-After: 1")] {
                let order = "operation=start&kind=\(kind)&count=1"
                _ = await BlockingHTTP.send(port: port, "/_simulator/fault", form: order)
                let answer = await BlockingHTTP.send(port: port, Self.base + "/Verifications", form: form)
                #expect(answer.contains(expected))
            }
            #expect(simulator.outbox().isEmpty)
            simulator.setFault(SimulatorFault(.garbage, count: 1), on: .start)
            let garbage = await BlockingHTTP.send(port: port, Self.base + "/Verifications", form: form)
            #expect(garbage.hasSuffix("VE"))
            let path = Self.base + "/Verifications/+15017122661"
            #expect(await BlockingHTTP.send(port: port, path).contains("\"status\":\"pending\""))
            _ = await BlockingHTTP.send(port: port, "/_simulator/clock", form: "advance_seconds=600")
            #expect(await BlockingHTTP.send(port: port, path).contains("\"code\":20404"))
        }
    }
}
