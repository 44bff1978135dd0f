import Logging

/// One check: gathers facts, and has them judged by pure functions.
///
/// It changes nothing.
protocol DoctorCheck: Sendable {
    /// One finding or several, each under a name of its own; it never throws.
    func findings() async -> [Finding]
}

/// Looks at everything that a worker needs (`doctor`).
public struct Doctor: Sendable {
    private let checks: [any DoctorCheck]

    /// - Parameter settings: may have problems; what can be looked at is.
    public init(_ settings: Settings) {
        // What goes wrong is told by the findings.
        let logger = Logger(label: "doctor", factory: { _ in SwiftLogNoOpLogHandler() })
        checks = [
            ConfigurationCheck(settings: settings), FrontEndsCheck(settings: settings),
            SystemCheck(settings: settings), StoreCheck(settings: settings),
            BrokerCheck(settings: settings, logger: logger), TopologyCheck(settings: settings, logger: logger),
            TLSCheck(settings: settings), NumbersCheck(), ProxyCheck(settings: settings),
            TwilioCheck(settings: settings, logger: logger),
        ]
    }

    /// Makes one check after the other.
    ///
    /// - Parameter report: called with each finding as soon as it is there.
    public func run(_ report: (Finding) throws -> Void) async rethrows -> DoctorSummary {
        var summary = DoctorSummary()
        for check in checks {
            for finding in await check.findings() {
                summary.count(finding)
                try report(finding)
            }
        }
        return summary
    }
}

extension Finding {
    /// For a check that needs what the configuration does not give; that is a failure of the first check already.
    static func notChecked(_ check: String, _ problem: ConfigProblem) -> Finding {
        Finding(check, well: "", [.warn("not checked: \(problem.problems.first ?? "the configuration is wrong")")])
    }
}
