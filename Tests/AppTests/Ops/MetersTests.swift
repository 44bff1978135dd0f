import Foundation
import Ops
import Testing

@testable import App

@Suite("Metrics before anything has happened") struct MetersTests {
    /// Every series of a histogram is a dozen lines at each scrape; rates and quantiles need no first one at 0.
    private static let histograms: Set = [
        "verify_courier_message_wait_seconds", "verify_courier_slot_wait_seconds",
        "verify_courier_message_process_duration_seconds", "verify_courier_twilio_request_duration_seconds",
        "verify_courier_store_operation_duration_seconds",
    ]
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
        for family in families where !Self.unknown.union(Self.histograms).contains(family) {
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
            #"verify_courier_outcomes_total{operation="send",outcome="uncertain"} 0.0"#,
        ] { #expect(lines.contains(Substring(rare)), "\(rare)") }
        // It is read every few seconds, of every worker.
        #expect(text.utf8.count < 160_000)
        #expect(text.contains(#"verify_courier_build_info{swift=""#))
    }

    @Test("8 metrics: one spelling of values, lower case with underscores or the contract's own dots")
    func spelling() async throws {
        let text = await Meters(backend: "sqlite").registry.exposition(.text)
        for match in text.matches(of: /(result|outcome|reason|lane|state)="([^"]*)"/) {
            #expect(match.2.wholeMatch(of: /[a-z_]+/) != nil, "\(match.0)")
        }
    }
}
