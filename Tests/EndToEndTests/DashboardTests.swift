import Foundation
import Glibc
import TestKit
import Testing
import TwilioSimulator
import Wire

/// The dashboard for Grafana, against a real Prometheus that scrapes a real worker.
@Suite("Dashboard", .timeLimit(.minutes(10))) struct DashboardTests {
    private struct Panel {
        var id: Int
        var title: String
        var expressions: [String]
    }

    private static func dashboard() throws -> [String: Any] {
        let text = try Repository.text("deploy/grafana/verify-courier.json")
        return try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private static func panels() throws -> [Panel] {
        let panels = try dashboard()["panels"] as? [[String: Any]] ?? []
        return try panels.map { panel in
            let targets = panel["targets"] as? [[String: Any]] ?? []
            return Panel(
                id: try #require(panel["id"] as? Int), title: panel["title"] as? String ?? "",
                expressions: targets.compactMap { $0["expr"] as? String })
        }
    }

    @Test("panels say what they show, by the data source that is chosen, of metrics that there are")
    func form() throws {
        let panels = try Self.panels()
        #expect(panels.count > 40)
        #expect(Set(panels.map(\.id)).count == panels.count && panels.allSatisfy { !$0.title.isEmpty })
        let text = try Repository.text("deploy/grafana/verify-courier.json")
        for match in text.matches(of: /"uid": "([^"]*)"/) {
            #expect(["${datasource}", "verify-courier"].contains(match.1))
        }
        for panel in try Self.dashboard()["panels"] as? [[String: Any]] ?? [] where panel["type"] as? String != "row" {
            #expect((panel["description"] as? String)?.isEmpty == false, "\(panel["title"] ?? "")")
        }
        let used = try MetricFamilies.used(in: panels.flatMap(\.expressions).joined(separator: "\n"))
        let known = try MetricFamilies.documented()
        #expect(used.subtracting(known).isEmpty)
        // Whoever adds a metric decides where it is looked at; a few are only for alerts.
        let others: Set = ["config_last_reload_success_timestamp_seconds", "dead_letter_oldest_timestamp_seconds"]
        #expect(known.subtracting(used) == others)
    }

    @Test("every expression of the dashboard and of the alerts is one, and shows something after a few sign-ins")
    func queries() async throws {
        let stage = try await Stage()
        let worker = try stage.watchedWorker()
        try await worker.waitUntilReady()
        #expect(try await stage.run("store backup \(stage.folder)/backup.db").status == 0)
        let rules = Repository.root.appendingPathComponent("deploy/prometheus/alerts.yaml").path
        let prometheus = try Prometheus(of: worker.port, rules: rules, in: stage.folder)
        // Twice: rates and increases are of what is scraped after a first value.
        for (user, number) in [("anna", "+14155550142"), ("dora", "+14155550143")] {
            try await Self.traffic(stage, user, number)
            try await waitForScrape(of: worker, prometheus)
        }
        // While the machine is busy, the queues are not told of for moments: then there are no series of them.
        let expected: Set = ["Blocked by Twilio a minute", "Broker's certificate"]
        var blank: Set<String> = []
        try await Wait.until("nothing else to be blank than \(expected): \(blank); \(prometheus.log.suffix(500))") {
            blank = try await Self.blank(prometheus)
            return blank == expected
        }
        var alerts = try await prometheus.rules()
        try await Wait.until("every alert to be evaluated; \(alerts.filter { $0.health != "ok" })") {
            alerts = try await prometheus.rules()
            return alerts.allSatisfy { $0.health != "unknown" }
        }
        #expect(alerts.count >= 29)
        for alert in alerts { #expect(alert.health == "ok", "\(alert)") }
        await prometheus.end()
        worker.process.kill(SIGTERM)
        #expect(await worker.process.waitUntilEnd() == 0)
    }

    /// The panels of which an expression shows nothing.
    private static func blank(_ prometheus: Prometheus) async throws -> Set<String> {
        var blank: Set<String> = []
        for panel in try panels() {
            for expression in panel.expressions {
                let meant = expression.replacing("$job", with: ".*").replacing("$__rate_interval", with: "2m")
                if try await prometheus.query(meant).isEmpty { blank.insert(panel.title) }
            }
        }
        return blank
    }

    /// Returns once what the worker counts now has been scraped.
    private func waitForScrape(of worker: WatchedWorker, _ prometheus: Prometheus) async throws {
        let series = #"verify_courier_http_requests_total{handler="/metrics",method="GET",code="200"}"#
        let now = await worker.metric(series) ?? 0
        var last = ""
        try await Wait.until("Prometheus to have scraped after request \(now) for metrics: \(last)") {
            do {
                // Three more, so that one of them began after this.
                return try await prometheus.query(series).contains { $0.value > now + 3 }
            } catch {
                last = "\(error)"
                return false
            }
        }
    }

    private static func traffic(_ stage: Stage, _ user: String, _ number: String) async throws {
        let phone = ["user": user, "phone": number, "channel": "sms", "color": "red"]
        #expect(try await stage.ask(.registerPhone, phone).outcome == .sent)
        // Once more: the same code is sent again.
        #expect(try await stage.ask(.registerPhone, phone).outcome == .sent)
        let code = try #require(stage.simulator.outbox().last?.code)
        #expect(try await stage.ask(.check, ["user": user, "code": "000000"]).outcome == .denied)
        #expect(try await stage.ask(.check, ["user": user, "code": code]).outcome == .approved)
        #expect(try await stage.ask(.send, ["user": "bert", "channel": "sms"]).outcome == .notAllowed)
        #expect(try await stage.ask(.registerAuthenticator, ["user": "\(user).app"]).outcome == .enrolling)
        stage.simulator.setFault(SimulatorFault(.unauthorized), on: .start)
        #expect(try await stage.ask(.send, ["user": user, "channel": "sms"]).outcome == .unavailable)
        stage.simulator.setFault(nil, on: .start)
    }
}
