import Glibc

/// Addresses that only this machine reaches: the one place that knows them.
public enum Loopback {
    /// `localhost`, `127.0.0.0/8`, `::1` (in brackets too, as URLs have it) and `::ffff:127.0.0.0/104`.
    ///
    /// A name that merely begins with `127.` is none, nor is a short form such as `127.1`, which resolvers read in more
    /// than one way.
    public static func contains(_ host: String) -> Bool {
        // C would read it up to there only.
        guard !host.utf8.contains(0) else { return false }
        if host.lowercased() == "localhost" { return true }
        var four = in_addr()
        if inet_pton(AF_INET, host, &four) == 1 { return UInt32(bigEndian: four.s_addr) >> 24 == 127 }
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]") && host.utf8.count > 2
        var six = in6_addr()
        guard inet_pton(AF_INET6, isBracketed ? String(host.dropFirst().dropLast()) : host, &six) == 1 else {
            return false
        }
        return withUnsafeBytes(of: six) { bytes in
            let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
            return (isMapped && bytes[12] == 127) || (bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1)
        }
    }
}
