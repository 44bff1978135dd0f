import Basics
import Foundation
import TestKit
import Testing
import Wire

/// Somebody has texts sent for their price, while people who are known go on signing in.
@Suite("A pumping attack", .timeLimit(.minutes(10)))
struct PumpingAttackTests {
    private static let started = #"verify_courier_verifications_started_total{channel="sms",country="US"}"#
    private static let approved =
        #"verify_courier_verifications_finished_total{channel="sms",country="US",status="approved"}"#
    /// More than the thirty below which the alert has nothing to say.
    private static let known = 40
    private static let knownMeanwhile = 10
    private static let strangers = 60

    /// What was counted at one moment.
    private struct Counts {
        var started: Int
        var approved: Int
    }

    private static func number(_ index: Int) -> String { "+1415555" + String(2000 + index) }

    /// A proven phone, as an import brings it.
    private func enroll(_ stage: Stage, _ index: Int) async throws {
        let reply = try await stage.ask(
            .adminUserSet, ["user": "known-\(index)", "phone": Self.number(index), "operator": "root"])
        #expect(reply.outcome == .done)
    }

    private func signIn(_ stage: Stage, _ index: Int) async throws -> Outcome {
        let login = ["user": "known-\(index)", "login": "sign-in-\(RandomID.hex(bytes: 6))"]
        let sent = try await stage.ask(.send, login.merging(["channel": "sms"]) { $1 })
        guard sent.outcome == .sent else { return sent.outcome }
        return try await stage.ask(.check, login.merging(["code": stage.code(Self.number(index))]) { $1 }).outcome
    }

    /// Nobody ever enters what is sent there.
    private func attack(_ stage: Stage, _ index: Int) async throws -> Reply {
        try await stage.ask(
            .registerPhone,
            ["user": "m-\(index)", "login": "pumping-\(index)", "phone": Self.number(5000 + index), "channel": "sms"])
    }

    private func share(_ stage: Stage, codes: Int) async throws -> Double {
        var share = 0.0
        try await Wait.until("\(codes) codes to be counted") {
            let run = try await stage.run("conversion --by country --json")
            guard let line = run.lines.first, run.lines.count == 1,
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
                let figures = object["figures"] as? [String: Any], figures["codes"] as? Int == codes,
                let approved = figures["approved"] as? Int
            else { return false }
            share = Double(approved) / Double(codes)
            return true
        }
        return share
    }

    @Test(
        "8 conversion: it halves in an attack, the alert fires, a brake ends it, and known people get in all the while")
    func attacked() async throws {
        let stage = try await Stage()
        let worker = try stage.watchedWorker()
        try await worker.waitUntilReady()
        for index in 0..<Self.known {
            try await enroll(stage, index)
            #expect(try await signIn(stage, index) == .approved)
        }
        let calm = Counts(started: Self.known, approved: Self.known)
        try await worker.waitForMetric(Self.started, Double(calm.started))
        try await worker.waitForMetric(Self.approved, Double(calm.approved))
        #expect(try await share(stage, codes: calm.started) == 1)

        for index in 0..<Self.strangers {
            #expect(try await attack(stage, index).outcome == .sent)
            if index % (Self.strangers / Self.knownMeanwhile) == 0 {
                #expect(try await signIn(stage, index / (Self.strangers / Self.knownMeanwhile)) == .approved)
            }
        }
        let attacked = Counts(
            started: calm.started + Self.strangers + Self.knownMeanwhile,
            approved: calm.approved + Self.knownMeanwhile)
        try await worker.waitForMetric(Self.started, Double(attacked.started))
        try await worker.waitForMetric(Self.approved, Double(attacked.approved))
        #expect(try await share(stage, codes: attacked.started) < 0.5)
        try await expectAlert(calm, attacked, in: stage.folder)

        #expect(try await stage.run("brakes set country US --until 1h --why pumping --operator mara").status == 0)
        for index in 0..<5 {
            let refused = try await attack(stage, Self.strangers + index)
            #expect(refused.outcome == .blocked && refused.reason == .countryNotAllowed)
            #expect(try await signIn(stage, index) == .approved)
        }
        try await worker.waitForMetric(Self.started, Double(attacked.started + 5))
        worker.process.kill(SIGTERM)
        #expect(await worker.process.waitUntilEnd() == 0)
    }

    /// Each of the two phases spread over an hour, as a Prometheus would have scraped it: whether the rule fires, and when not.
    private func expectAlert(_ calm: Counts, _ attacked: Counts, in folder: String) async throws {
        func values(_ figure: (Counts) -> Int) -> String {
            let (first, second) = (Double(figure(calm)), Double(figure(attacked)))
            let minutes =
                (0...60).map { first * Double($0) / 60 } + (1...60).map { first + (second - first) * Double($0) / 60 }
            return minutes.map { "\($0)" }.joined(separator: " ")
        }
        let rules = Repository.root.appendingPathComponent("deploy/prometheus/alerts.yaml").path
        let firing = #"ALERTS{alertname="VerifyCourierConversionLow", alertstate="firing"}"#
        let sample = firing.dropLast() + #", channel="sms", country="US", severity="critical"}"#
        let test = """
            rule_files: ['\(rules)']
            evaluation_interval: 1m
            tests:
              - interval: 1m
                input_series:
                  - {series: '\(Self.started)', values: '\(values(\.started))'}
                  - {series: '\(Self.approved)', values: '\(values(\.approved))'}
                promql_expr_test:
                  - {expr: '\(firing)', eval_time: 75m, exp_samples: []}
                  - {expr: '\(firing)', eval_time: 120m, exp_samples: [{labels: '\(sample)', value: 1}]}
            """
        let path = "\(folder)/attack_test.yaml"
        try Data(test.utf8).write(to: URL(fileURLWithPath: path))
        _ = try await Tool("promtool", "test", "rules", path).run()
    }
}
