import Glibc

/// Under which names the port may be asked for more than whether it lives.
///
/// A web page may have its own name point to an address that only the reader's browser reaches (DNS rebinding), and read
/// what is answered there. Such a page is always asked for by a name: an address in numbers, and `localhost`, which browsers
/// keep to themselves, cannot be one. Beyond loopback the port is open to a network that knows the machine by names of its
/// own, such as those that Prometheus is told; there the network decides.
package struct AllowedHosts: Sendable {
    private let listening: String

    /// - Parameter host: what the port listens at, as in the configuration.
    package init(listeningAt host: String) {
        listening = host.lowercased()
    }

    /// - Parameter authority: the request's `Host`, with or without a port; browsers always send one.
    package func allow(_ authority: String?) -> Bool {
        guard let authority, !authority.isEmpty else { return true }
        let host = Self.host(of: authority.lowercased())
        return host == listening || Self.isLoopback(host) || Self.isAddress(host) || !Self.isLoopback(listening)
    }

    private static func host(of authority: String) -> String {
        if authority.hasPrefix("[") { return String(authority.dropFirst().prefix { $0 != "]" }) }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        // More than one colon without brackets: an address of IPv6.
        let host = parts.count == 2 ? String(parts[0]) : authority
        return host.hasSuffix(".") ? String(host.dropLast()) : host
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host == "::1"
            || (host.hasPrefix("127.") && isAddress(host))
    }

    private static func isAddress(_ host: String) -> Bool {
        var address = in6_addr()
        return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1
    }
}
