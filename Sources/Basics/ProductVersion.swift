/// Which version of the product this is.
public enum ProductVersion {
    /// By [semantic versioning](https://semver.org), without a `v`.
    ///
    /// `docs/CHANGELOG.md` tells what each version brought; its newest entry and the newest of `deploy/debian/changelog` have this
    /// number.
    public static let current = "0.9.0"
}
