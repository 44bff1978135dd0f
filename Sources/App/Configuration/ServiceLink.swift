/// The variables that Kubernetes sets in every pod for each Service of the namespace (`enableServiceLinks`).
///
/// A Service called `verify-courier` makes some that begin as our own do; they are nobody's mistyped keys.
enum ServiceLink {
    static func isOne(_ name: String, _ value: String) -> Bool {
        if name.hasSuffix("_SERVICE_HOST") || name.hasSuffix("_SERVICE_PORT") { return true }
        if name.contains("_SERVICE_PORT_") { return true }
        if name.hasSuffix("_PORT"), value.hasPrefix("tcp://") || value.hasPrefix("udp://") { return true }
        return name.contains(/_PORT_[0-9]+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?$/)
    }
}
