import SitePolicy

/// A starred site option whose value here differs from the store's, which holds.
public struct SiteOptionDifference: Sendable, Equatable, CustomStringConvertible {
    /// The option's name, without `site.`.
    public var name: String
    /// Its value here.
    public var configured: String
    /// Its value in the store, which holds.
    public var stored: String

    /// What differs and what to do, for an operator.
    public var description: String {
        "site.\(name) is '\(configured)' here and '\(stored)' in the store, which holds: change it by 'admin options set'"
    }
}

extension Settings {
    /// The starred site options as configured: `store init` seeds the store with these.
    func siteOptions() -> [String: String] {
        var result: [String: String] = [:]
        for name in SiteOptions.defaults.keys where entry("site.\(name)")?.source != ConfigEntry.Source.none {
            result[name] = text("site.\(name)")
        }
        return result
    }

    /// Compares what is configured with what the store holds (contract, section 6).
    ///
    /// Only what somebody set counts; blank and absent mean the default.
    public func siteOptionDifferences(from stored: [String: String]) -> [SiteOptionDifference] {
        SiteOptions.defaults.keys.sorted().compactMap { name in
            guard let entry = entry("site.\(name)"), entry.source != .none else { return nil }
            let configured = Self.effective(entry.value, name)
            let held = Self.effective(stored[name], name)
            return configured == held ? nil : SiteOptionDifference(name: name, configured: configured, stored: held)
        }
    }

    private static func effective(_ value: String?, _ name: String) -> String {
        value.flatMap { $0.isEmpty ? nil : $0 } ?? SiteOptions.defaults[name] ?? ""
    }
}
