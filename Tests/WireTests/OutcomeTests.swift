import Testing
import Wire

@Suite("Outcome")
struct OutcomeTests {
    private static let codes: [String: Int32] = [
        "sent": 0, "enrolling": 0, "approved": 0, "denied": 1, "expired": 1, "throttled": 75, "blocked": 1,
        "not_allowed": 77, "options": 0, "canceled": 0, "done": 0, "unknown_job": 1, "invalid": 65, "late": 75,
        "unavailable": 69, "uncertain": 75,
    ]

    @Test("is one of the contract's closed list")
    func closedList() {
        #expect(Set(Outcome.allCases.map(\.rawValue)) == Set(Self.codes.keys))
    }

    @Test("has the contract's exit code", arguments: Outcome.allCases)
    func exitCodes(outcome: Outcome) {
        #expect(outcome.exitCode == Self.codes[outcome.rawValue])
    }

    @Test("lets a person in with no other name than approved")
    func approvedOnly() {
        #expect(Outcome(rawValue: "approved") == .approved)
        #expect(Outcome(rawValue: "Approved") == nil)
        #expect(Outcome(rawValue: "") == nil)
    }

    @Test("has reasons in snake_case")
    func reasons() {
        for reason in Reason.allCases.map(\.rawValue) + DeadLetterReason.allCases.map(\.rawValue) {
            #expect(reason.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F })
        }
    }
}
