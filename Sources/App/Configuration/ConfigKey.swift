/// A configuration key: its name, its default, what it may be, what it means.
public struct ConfigKey: Sendable {
    /// The dotted name.
    public let name: String
    /// The default; `nil` where there is none.
    public let fallback: String?
    /// What its text has to be.
    public let kind: ConfigKind
    /// Never shown, never taken from a flag or the YAML file.
    public let isSecret: Bool
    /// What it is for, in a few words, with its unit where the kind has none.
    public let meaning: String

    init(_ name: String, _ fallback: String?, _ kind: ConfigKind, secret: Bool = false, _ meaning: String) {
        self.name = name
        self.fallback = fallback
        self.kind = kind
        isSecret = secret
        self.meaning = meaning
    }

    /// Its variable: `worker.drain_seconds` → `VERIFY_COURIER_WORKER_DRAIN_SECONDS`.
    public var environmentName: String {
        Self.environmentPrefix + name.uppercased().replacing(".", with: "_")
    }

    /// The variable that names a file with the value.
    public var fileVariable: String { environmentName + "_FILE" }

    /// `site.2FA_VERIFY_AUTHTOKEN` → `site-2FA_VERIFY_AUTHTOKEN`, in a directory of secrets.
    public var secretFileName: String { name.replacing(".", with: "-") }

    /// A broker's URL is a secret for its password only; without one it may stand anywhere.
    var mayStandInFile: Bool { !isSecret || kind == .brokers }

    /// Whether a blank text is a value of its own; elsewhere it counts as not set.
    var takesBlank: Bool {
        if case .choice(let values) = kind { return values.contains("") }
        return false
    }

    static let environmentPrefix = "VERIFY_COURIER_"
}

extension ConfigKey {
    static func named(_ name: String) -> ConfigKey? { byName[name] }

    private static let byName = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    /// Whether `name` is the first part of keys: `worker` of `worker.send_slots`.
    static func isSection(_ name: String) -> Bool { all.contains { $0.name.hasPrefix(name + ".") } }

    /// The known name nearest to a mistyped one.
    static func nearest(to name: String) -> String {
        EditDistance.nearest(to: name, in: all.map(\.name)) ?? ""
    }
}
