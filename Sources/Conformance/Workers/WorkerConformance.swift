package import AMQP
import Basics
package import Logging
import Wire

/// Puts workers through the cases, as a front end at their broker, with a stage in Twilio's place.
package struct WorkerConformance: Sendable {
    private let broker: BrokerConfiguration
    private let twilio: any TwilioStage
    private let hasLimits: Bool
    private let patience: Duration
    private let logger: Logger

    /// - Parameters:
    ///   - broker: as the user of a front end.
    ///   - hasLimits: whether the site's limits are on.
    ///   - patience: how long a reply is waited for.
    package init(
        broker: BrokerConfiguration, twilio: any TwilioStage, hasLimits: Bool = true,
        patience: Duration = .seconds(30), logger: Logger
    ) {
        self.broker = broker
        self.twilio = twilio
        self.hasLimits = hasLimits
        self.patience = patience
        self.logger = logger
    }

    /// The cases, one after the other: trouble at Twilio is everybody's.
    ///
    /// - Parameter told: hears of each as it ends.
    /// - Throws: ``ConformanceFailure`` where nothing can be judged, `AMQPError`, what the stage throws.
    package func judge(
        cases: [WorkerCase] = WorkerCase.allCases, told: @escaping @Sendable (WorkerVerdict) -> Void = { _ in }
    ) async throws -> [WorkerVerdict] {
        let front = ScriptedFrontEnd(broker, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await front.run() }
            defer { group.cancelAll() }
            try await front.waitUntilReady(atMost: patience)
            try await endTrouble()
            var verdicts: [WorkerVerdict] = []
            for situation in cases {
                let verdict = try await judge(situation, front)
                verdicts.append(verdict)
                told(verdict)
            }
            return verdicts
        }
    }

    private func judge(_ situation: WorkerCase, _ front: ScriptedFrontEnd) async throws -> WorkerVerdict {
        let run = CaseRun(situation, front, twilio, hasLimits: hasLimits, patience: patience)
        var verdict = WorkerVerdict(situation: situation, findings: [])
        do {
            try await run.play()
            try await run.settle()
        } catch is CaseOver {
            // What was wrong is noted.
        } catch let skipped as CaseSkipped {
            verdict.skipped = skipped.why
        }
        try await endTrouble()
        verdict.findings = run.findings
        return verdict
    }

    private func endTrouble() async throws {
        for call in TwilioCall.allCases { try await twilio.order(nil, at: call) }
    }
}

extension CaseRun {
    /// One more job of each lane: what a worker publishes twice at once has come by the time that these are answered.
    fileprivate func settle() async throws {
        let nobody = Person(situation)
        for kind in [JobKind.options, .cancel, .send] {
            try await ask(job(kind, nobody, kind == .send ? ["channel": "sms"] : [:]))
        }
    }
}
