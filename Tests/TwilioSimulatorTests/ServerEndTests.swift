import Basics
import Logging
import TestKit
import Testing

@testable import TwilioSimulator

@Suite("The server's end", .timeLimit(.minutes(10))) struct ServerEndTests {
    /// A connection that has just been accepted must not bring the process down.
    @Test(arguments: 1...20) func `It ends amid a burst of connections`(round: Int) async throws {
        try await withSimulator { _, port in
            for _ in 0..<30 { BlockingHTTP.touch(port: port) }
        }
    }

    @Test func `It does not wait for requests that hang`() async throws {
        let answers = Locked<[String]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (asked, ask) = AsyncStream.makeStream(of: Int.self)
            group.addTask {
                for await port in asked {
                    let answer = await BlockingHTTP.send(port: port, "/v2/Services")
                    answers.withLock { $0.append(answer) }
                    break
                }
            }
            try await withSimulator { simulator, port in
                simulator.setFault(SimulatorFault(.hang, delay: .seconds(3600)))
                ask.yield(port)
                try await Wait.until("the request that hangs") { simulator.requests(.services) > 0 }
            }
            try await group.waitForAll()
        }
        #expect(answers.withLock { $0 } == [""])
    }

    @Test func `A port that is taken is named`() async throws {
        try await withSimulator { _, port in
            var configuration = SimulatorConfiguration()
            configuration.port = port
            let second = TwilioSimulator(
                configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let problem = await #expect(throws: TwilioSimulator.CannotListen.self) { try await second.run() }
            #expect(problem?.description == "127.0.0.1:\(port): Address already in use")
        }
    }

    @Test func `A server that is cancelled before it listens ends`() async throws {
        var configuration = SimulatorConfiguration()
        configuration.port = 0
        let simulator = TwilioSimulator(
            configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let running = Task { try await simulator.run() }
        running.cancel()
        try await running.value
    }
}
