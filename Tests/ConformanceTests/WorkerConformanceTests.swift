import AMQP
import Basics
import Conformance
import Logging
import TestKit
import Testing
import Wire

@Suite("A worker's cases", .timeLimit(.minutes(10))) struct WorkerConformanceTests {
    @Test("a worker that does as the contract says passes every one")
    func passes() async throws {
        let verdicts = try await judge(nil, WorkerCase.allCases)
        #expect(verdicts.map(\.situation) == WorkerCase.allCases && WorkerCase.allCases.count >= 30)
        for verdict in verdicts { #expect(verdict.findings.isEmpty && verdict.skipped == nil, "\(verdict)") }
    }

    @Test("every mistake is found by its case, and said with what to do", arguments: WorkerMistake.allCases)
    func finds(_ mistake: WorkerMistake) async throws {
        let (situation, rule) = mistake.shown
        // Who never answers is not waited for as long as a busy machine may need.
        let isSilent = [.losesDenials, .forgetsWhomNobodyAnswers].contains(mistake)
        let patience = isSilent ? Duration.seconds(20) : .seconds(60)
        let findings = try await judge(mistake, [situation], patience: patience).flatMap(\.findings)
        #expect(findings.map(\.rule).contains(rule), "\(findings)")
        for finding in findings {
            #expect("\(finding)".contains(finding.rule.advice) && !"\(finding)".contains("+1415"))
        }
    }

    @Test("where no lane takes a job it says what to do, and judges nothing")
    func noTopology() async throws {
        let url = try await PrivateBroker.shared().makeVirtualHost()
        let broker = BrokerConfiguration(urls: [try BrokerURL(url)], connectionName: "test")
        try await BrokerAdmin.withConnection(broker, logger: Site.noLog) {
            try await $0.declareExchange(ExchangeDeclaration(name: WireName.jobs, kind: "topic", durable: true))
        }
        await #expect {
            _ = try await WorkerConformance(broker: broker, twilio: ToyTwilio(), logger: Site.noLog)
                .judge(cases: [.signUp])
        } throws: { "\(($0 as? ConformanceFailure)?.description ?? "")".contains("topology apply") }
    }

    private func judge(
        _ mistake: WorkerMistake?, _ cases: [WorkerCase], patience: Duration = .seconds(60)
    ) async throws -> [WorkerVerdict] {
        let broker = BrokerConfiguration(urls: [try BrokerURL(try await Site.make())], connectionName: "judge")
        let twilio = ToyTwilio()
        let worker = ModelWorker(broker, twilio, mistake, logger: Site.noLog)
        let running = Task { await worker.run() }
        defer { running.cancel() }
        return try await WorkerConformance(broker: broker, twilio: twilio, patience: patience, logger: Site.noLog)
            .judge(cases: cases)
    }
}
