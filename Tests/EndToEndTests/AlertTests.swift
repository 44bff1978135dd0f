import Foundation
import TestKit
import Testing

/// The alerts of deploy/prometheus, their tests, and the page that says what to do about them.
@Suite("Alerts", .timeLimit(.minutes(10))) struct AlertTests {
    private static let rules = "deploy/prometheus/alerts.yaml"
    private static let page = "docs/operators/alerts.md"
    /// What each alert's part of the page says.
    private static let parts = ["Means", "People see", "Do", "Over when"]

    /// A file without its comments, cut where an item begins.
    private static func items(of path: String, at start: String) throws -> [String] {
        let lines = try Repository.text(path).split(separator: "\n", omittingEmptySubsequences: false)
        let text = lines.filter { !$0.drop { $0 == " " }.hasPrefix("#") }.joined(separator: "\n")
        return text.components(separatedBy: start).dropFirst().map { $0 }
    }

    private static func firstLine(_ text: String) -> String {
        String(text.prefix { $0 != "\n" })
    }

    private static func alerts() throws -> [(name: String, rule: String)] {
        try items(of: rules, at: "- alert: ").map { (firstLine($0), $0) }
    }

    @Test("promtool takes the rules, every test of theirs holds, and Kubernetes has the same")
    func promtool() async throws {
        _ = try await Tool(Repository.root.appendingPathComponent("deploy/alerts.sh").path).run()
    }

    @Test("every alert has a test in which it fires and one in which it does not")
    func tested() throws {
        let tests = try ["alerts_test", "alerts_days_test"].flatMap {
            try Self.items(of: "deploy/prometheus/\($0).yaml", at: "alertname: ")
        }
        let names = try Self.alerts().map(\.name)
        #expect(names.count >= 29 && Set(names).count == names.count)
        for name in names {
            let own = tests.filter { Self.firstLine($0) == name }
            #expect(own.contains { $0.contains("exp_labels:") }, "no test in which \(name) fires")
            #expect(own.contains { $0.contains("exp_alerts: []") }, "no test in which \(name) does not fire")
        }
        #expect(Set(tests.map(Self.firstLine)) == Set(names))
    }

    @Test("rules name no metric that is not there, and each of them one")
    func metrics() throws {
        let known = try MetricFamilies.documented()
        for (name, rule) in try Self.alerts() {
            let used = try MetricFamilies.used(in: rule)
            #expect(used.subtracting(known).isEmpty, "\(name)")
            #expect(!used.isEmpty || rule.contains("up{") || rule.contains("process_"), "\(name)")
        }
    }

    @Test("every alert leads to its part of the page: what it means, what people see, what to do, when it is over")
    func page() throws {
        var sections: [String: String] = [:]
        for section in try Repository.text(Self.page).components(separatedBy: "\n## ").dropFirst() {
            sections[Self.firstLine(section)] = section
        }
        let alerts = try Self.alerts()
        #expect(Set(sections.keys) == Set(alerts.map(\.name)))
        for (name, rule) in alerts {
            #expect(rule.contains("runbook_url: \(Self.page)#\(name.lowercased())\n"), "\(name)")
            #expect(rule.contains("severity: critical") || rule.contains("severity: warning"), "\(name)")
            for part in Self.parts {
                #expect(sections[name]?.contains("\n- **\(part)**: ") == true, "\(name) does not say: \(part)")
            }
        }
    }

    @Test("links of the page lead somewhere")
    func links() throws {
        let text = try Repository.text(Self.page)
        for match in text.matches(of: /\]\(([^)#]*)(#[^)]*)?\)/) {
            let target = match.1.isEmpty ? "docs/operators/alerts.md" : "docs/operators/\(match.1)"
            let headings = try Repository.text(target).split(separator: "\n").filter { $0.hasPrefix("#") }
            guard let anchor = match.2 else { continue }
            let anchors = headings.map { heading in
                let words = heading.drop { $0 == "#" || $0 == " " }.lowercased()
                let kept = words.filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" }
                return "#" + kept.replacing(" ", with: "-")
            }
            #expect(anchors.contains(String(anchor)), "\(match.0)")
        }
    }

    @Test("the commands of the page are commands, with these options")
    func commands() async throws {
        let stage = try await Stage()
        let worker = try stage.worker()
        try await worker.waitUntilPrinted("ready")
        let text = try Repository.text(Self.page)
        var commands = Set(text.matches(of: /`verify-courier ([^`]+)`/).map { String($0.1) })
        commands.formUnion(text.matches(of: /\n    verify-courier ([^\n]+)/).map { String($0.1) })
        #expect(commands.count > 20)
        for command in commands.sorted() {
            let own = command.replacing("/var/backups/verify-courier", with: stage.folder)
            let run = try await stage.run(own)
            // It may say no here; what it may not say is that there is no such thing.
            #expect(run.status.map { [0, 1, 65, 69, 75].contains($0) } == true, "\(command): \(run.errors)")
        }
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
    }
}
