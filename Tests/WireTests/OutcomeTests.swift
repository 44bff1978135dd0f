import Testing
import Wire

@Suite("Contract 4: outcomes, a closed list")
struct OutcomeTests {
    private static let codes: [String: Int32] = [
        "sent": 0, "enrolling": 0, "approved": 0, "denied": 1, "expired": 1, "throttled": 75, "blocked": 1,
        "not_allowed": 77, "options": 0, "canceled": 0, "done": 0, "unknown_job": 1, "invalid": 65, "late": 75,
        "unavailable": 69, "uncertain": 75,
    ]

    @Test("4 the list is closed")
    func closedList() {
        #expect(Set(Outcome.allCases.map(\.rawValue)) == Set(Self.codes.keys))
    }

    @Test("4 exit code of the command", arguments: Outcome.allCases)
    func exitCodes(outcome: Outcome) {
        #expect(outcome.exitCode == Self.codes[outcome.rawValue])
    }

    @Test("4 approved is the only name that lets a person in")
    func approvedOnly() {
        #expect(Outcome(rawValue: "approved") == .approved)
        #expect(Outcome(rawValue: "Approved") == nil)
        #expect(Outcome(rawValue: "") == nil)
    }

    @Test("3 reason: snake_case")
    func reasons() {
        for reason in Reason.allCases.map(\.rawValue) + DeadLetterReason.allCases.map(\.rawValue) {
            #expect(reason.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F })
        }
    }

    @Test("4 every reason that the table names is in the catalogue")
    func reasonsOfTheTable() {
        let table = [
            "code_expired", "code_used", "tries_used_up", "replaced", "not_pending", "not_yours", "reset",
            "already_used",
            "enrolment_expired", "fraud_guard", "country_not_allowed", "landline", "opted_out", "unreachable",
            "method_disabled", "not_registered", "already_registered", "verify_first", "contact_administrator",
            "provider_none", "wrong_application", "ticket_required", "not_admin", "no_record", "in_progress",
            "message_id_reused", "version_unsupported", "poison",
        ]
        for name in table { #expect(Reason(rawValue: name) != nil, "\(name)") }
    }

    @Test("3 limit: the names of the limits")
    func limits() {
        let table = [
            "cooldown", "phone", "user", "client", "country", "site", "provider", "code_tries", "user_tries",
        ]
        for name in table { #expect(LimitName(rawValue: name) != nil, "\(name)") }
        #expect(LimitName(rawValue: "none") == nil)
    }
}
