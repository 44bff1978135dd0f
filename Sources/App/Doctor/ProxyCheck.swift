import Glibc

/// Whether calls to Twilio go through a proxy, and what in the environment may make one think so.
struct ProxyCheck: DoctorCheck {
    private static let variables = [
        "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "http_proxy", "HTTP_PROXY",
    ]

    var settings: Settings

    func findings() async -> [Finding] {
        let set = Self.variables.filter { name in getenv(name).map { $0.pointee != 0 } ?? false }
        return [Self.judge(proxy: settings.text("twilio.proxy"), variables: set)]
    }

    /// - Parameter variables: the names of those that are set; their values may hold passwords.
    static func judge(proxy: String?, variables: [String]) -> Finding {
        let names = variables.joined(separator: ", ")
        let areSet = "\(names) \(variables.count == 1 ? "is" : "are") set and not used"
        guard let proxy else {
            let issues: [Finding.Issue] =
                variables.isEmpty ? [] : [.warn("\(areSet): set twilio.proxy if Twilio needs it")]
            return Finding("proxy", well: "none; Twilio is called directly", issues)
        }
        return Finding("proxy", well: "Twilio is called through \(proxy)" + (variables.isEmpty ? "" : "; \(areSet)"))
    }
}
