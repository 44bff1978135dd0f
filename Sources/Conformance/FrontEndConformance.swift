package import AMQP
import Basics
package import Logging
import Wire

/// A front end that is judged.
package protocol FrontEndUnderTest: Sendable {
    /// Signs one person in by a text, with this code.
    ///
    /// - Returns: whether the person is in.
    /// - Throws: where the front end itself failed.
    func signIn(user: String, code: String) async throws -> Bool
}

/// What came of one case.
package struct ConformanceVerdict: Sendable {
    package var situation: ConformanceCase
    package var findings: [ConformanceFinding]
    /// Why it could not be tried, if so.
    package var skipped: String?
}

/// The judgement cannot be made.
package struct ConformanceFailure: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) {
        self.description = description
    }
}

/// Puts a front end through the cases.
package struct FrontEndConformance: Sendable {
    /// What a phone would have received; any will do, for the scripted worker compares nothing.
    package static let code = "314159"

    private let broker: BrokerConfiguration
    private let logger: Logger
    private let slack: Duration
    private let restart: BrokerRestart?

    /// - Parameters:
    ///   - broker: one of its own, where no worker runs and the topology is there.
    ///   - slack: how long after its last job's deadline a sign-in may end.
    ///   - restart: restarts the broker; without it the case that needs it is skipped.
    package init(
        broker: BrokerConfiguration, slack: Duration = SignInJudge.usualSlack, restart: BrokerRestart? = nil,
        logger: Logger
    ) {
        self.broker = broker
        self.slack = slack
        self.restart = restart
        self.logger = logger
    }

    /// All cases, so many at once, and at the end, each by itself, those that restart the broker; `told` hears of each as it
    /// ends.
    ///
    /// - Returns: in that order.
    /// - Throws: ``ConformanceFailure``, `AMQPError`.
    package func judge(
        _ frontEnd: any FrontEndUnderTest, cases: [ConformanceCase] = ConformanceCase.allCases, atOnce: Int = 8,
        told: @escaping @Sendable (ConformanceVerdict) -> Void = { _ in }
    ) async throws -> [ConformanceVerdict] {
        try await lookForOthers()
        let worker = ScriptedWorker(broker, slack: slack, restart: restart, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await worker.run() }
            defer { group.cancelAll() }
            await worker.waitUntilReady()
            let together = cases.filter { !$0.restartsBroker }
            var verdicts = await judge(frontEnd, together, atOnce: max(1, atOnce), worker, told)
            for situation in cases where situation.restartsBroker {
                let verdict = await judgeAlone(frontEnd, situation, worker)
                told(verdict)
                verdicts.append(verdict)
            }
            // A restart may reach the front end before it reaches the worker.
            if restart != nil, worker.isCutOff { await worker.waitUntilReady(atMost: .seconds(120)) }
            if let failure = worker.failure { throw ConformanceFailure(description: failure) }
            return verdicts
        }
    }

    /// Jobs that wait there are somebody's.
    private func lookForOthers() async throws {
        let lanes = [LaneName.send, .check, .account].map(\.queue)
        let waiting = try await BrokerAdmin.withConnection(broker, logger: logger) { admin in
            var waiting = 0
            for lane in lanes { waiting += try await admin.messageCount(of: lane) }
            return waiting
        }
        guard waiting == 0 else {
            throw ConformanceFailure(
                description: "\(waiting) jobs wait in the lanes: take a broker of its own, without workers")
        }
    }

    private func judge(
        _ frontEnd: any FrontEndUnderTest, _ cases: [ConformanceCase], atOnce: Int, _ worker: ScriptedWorker,
        _ told: @escaping @Sendable (ConformanceVerdict) -> Void
    ) async -> [ConformanceVerdict] {
        await withTaskGroup(of: (Int, ConformanceVerdict).self) { group in
            var verdicts = [ConformanceVerdict?](repeating: nil, count: cases.count)
            for (index, situation) in cases.prefix(atOnce).enumerated() {
                group.addTask { (index, await Self.judge(frontEnd, situation, worker)) }
            }
            var following = atOnce
            while let (index, verdict) = await group.next() {
                verdicts[index] = verdict
                told(verdict)
                guard following < cases.count else { continue }
                let (place, situation) = (following, cases[following])
                group.addTask { (place, await Self.judge(frontEnd, situation, worker)) }
                following += 1
            }
            return verdicts.compactMap { $0 }
        }
    }

    private func judgeAlone(
        _ frontEnd: any FrontEndUnderTest, _ situation: ConformanceCase, _ worker: ScriptedWorker
    ) async -> ConformanceVerdict {
        guard restart == nil else {
            let verdict = await Self.judge(frontEnd, situation, worker)
            // A front end may end before the broker is back.
            await worker.waitUntilReady(atMost: .seconds(120))
            return verdict
        }
        return ConformanceVerdict(
            situation: situation, findings: [],
            skipped: "say by --restart how the broker is restarted, such as 'systemctl restart rabbitmq-server'")
    }

    private static func judge(
        _ frontEnd: any FrontEndUnderTest, _ situation: ConformanceCase, _ worker: ScriptedWorker
    ) async -> ConformanceVerdict {
        worker.begin(situation)
        let isIn = try? await frontEnd.signIn(user: situation.user, code: code)
        return ConformanceVerdict(situation: situation, findings: worker.end(situation, isIn: isIn))
    }
}
