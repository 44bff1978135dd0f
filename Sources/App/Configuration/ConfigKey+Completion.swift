import SitePolicy

/// What a shell completes.
extension ConfigKey {
    /// `KEY=` of every key that may be given by a flag.
    public static var assignments: [String] {
        all.filter { !$0.isSecret }.map { "\($0.name)=" }.sorted()
    }

    /// `NAME=VALUE` of every option of the site, for each of its values.
    public static var siteAssignments: [String] {
        SiteOptions.defaults.keys.sorted().flatMap { name in
            (SiteOptions.values(of: name) ?? []).map { "\(name)=\($0)" }
        }
    }
}
