import Basics
import Foundation
import Ops
import Store
import Testing

@testable import App

@Suite("Metrics before anything has happened") struct MetersTests {
    /// Families of which only Twilio, or a job's rules, know which series there will be.
    private static let unknown: Set = [
        "verify_courier_requests_refused_total", "verify_courier_twilio_errors_total",
        "verify_courier_verifications_started_total", "verify_courier_verifications_finished_total",
        "verify_courier_fraud_blocked_total",
    ]

    @Test("8 metrics: every family has its known series at 0 from the start, so that the first failure is an increase")
    func zero() async {
        let text = await Meters(backend: "sqlite").registry.exposition(.text)
        let lines = text.split(separator: "\n")
        let families = lines.filter { $0.hasPrefix("# TYPE ") }.map { String($0.split(separator: " ")[2]) }
        #expect(families.count > 20)
        for family in families where !Self.unknown.contains(family) {
            let series = lines.filter { line in
                ["{", " ", "_bucket{", "_bucket "].contains { line.hasPrefix(family + $0) }
            }
            #expect(!series.isEmpty, "\(family)")
            if family.hasSuffix("_total") { #expect(series.allSatisfy { $0.hasSuffix(" 0.0") }, "\(family)") }
        }
        for rare in [
            #"verify_courier_twilio_requests_total{endpoint="verification.start",result="unauthorized"} 0.0"#,
            #"verify_courier_store_operations_total{backend="sqlite",operation="begin",result="full"} 0.0"#,
            #"verify_courier_store_operations_total{backend="sqlite",operation="begin",result="readonly"} 0.0"#,
            #"verify_courier_replies_published_total{result="lost"} 0.0"#,
            #"verify_courier_messages_dead_lettered_total{lane="send",reason="poison"} 0.0"#,
            #"verify_courier_outcomes_total{operation="send",application="web",outcome="uncertain"} 0.0"#,
            #"verify_courier_twilio_retries_total{call="send_sms",reason="rate_limited"} 0.0"#,
            #"verify_courier_checks_total{channel="authenticator",outcome="approved"} 0.0"#,
            #"verify_courier_resends_total{channel="call"} 0.0"#,
            #"verify_courier_factors_total{event="verified"} 0.0"#,
            #"verify_courier_time_to_approve_seconds_count{channel="sms"} 0"#,
            #"verify_courier_message_wait_seconds_bucket{lane="send",operation="send",le="+Inf"} 0"#,
            #"verify_courier_twilio_request_duration_seconds_count{endpoint="verification.start"} 0"#,
            #"verify_courier_store_operation_duration_seconds_count{backend="sqlite",operation="take_due_chores"} 0"#,
            #"verify_courier_log_messages_total{level="error"} 0.0"#,
        ] { #expect(lines.contains(Substring(rare)), "\(rare)") }
        // It is read every few seconds, of every worker.
        #expect(text.utf8.count < 640_000)
        #expect(text.contains(#"verify_courier_build_info{swift=""#))
    }

    @Test("8 metrics: brakes by what they stop and for whom, 0 where there is none, and not those that are over")
    func brakes() {
        let now = Timestamp(seconds: 1_800_000_000)
        let stored = [
            ("sends", "", false, 60), ("country", "GB", false, 60), ("country", "US", false, 60),
            ("country", "FR", false, 0),
            ("channel", "call", true, 60),
        ].map { what, value, everyone, seconds in
            """
            {"at":"\(now)","by":"mara","everyone":\(everyone),"until":"\(now + .seconds(seconds))",\
            \(value.isEmpty ? "" : "\"value\":\"\(value)\",")"what":"\(what)","why":""}
            """
        }
        func counts(_ brakes: Brakes) -> [[String]: Double] {
            Dictionary(uniqueKeysWithValues: Meters.samples(of: brakes, at: now).map { ($0.labels, $0.value) })
        }
        let none = counts(Brakes())
        #expect(none.count == 8 && none.values.allSatisfy { $0 == 0 })
        let some = counts(Brakes(stored: "[\(stored.joined(separator: ","))]"))
        #expect(
            some.filter { $0.value > 0 }
                == [["sends", "unproven"]: 1, ["country", "unproven"]: 2, ["channel", "everyone"]: 1])
        #expect(counts(Brakes(stored: "{")).filter { $0.value > 0 } == [["sends", "unproven"]: 1])
    }

    @Test("8 metrics: one spelling of values, lower case with underscores or the contract's own dots")
    func spelling() async throws {
        let text = await Meters(backend: "sqlite").registry.exposition(.text)
        var labels: Set<Substring> = []
        for match in text.matches(of: /[{,](\w+)="([^"]*)"/) where !["swift", "version", "le"].contains(match.1) {
            labels.insert(match.1)
            #expect(match.2.wholeMatch(of: /[a-z_]+(\.[a-z_]+)*/) != nil, "\(match.0)")
        }
        #expect(labels.isSuperset(of: ["operation", "result", "outcome", "reason", "lane", "endpoint", "call"]))
    }
}
