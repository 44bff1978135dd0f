import Basics
import CCurl

/// What must hold before libcurl sees a request.
enum RequestCheck {
    /// Whether its texts can be handed to libcurl and written as headers.
    static func isWritable(_ request: HTTPRequest, _ configuration: CurlConfiguration) -> Bool {
        // Printable ASCII only: a zero byte would cut a C string short, a line break would end a header.
        request.url.utf8.allSatisfy { (0x21...0x7E).contains($0) } && isClean(request.user)
            && isClean(request.password.revealed) && isClean(configuration.userAgent)
            && isClean(request.contentType ?? "")
    }

    private static func isClean(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 } }

    /// Read by libcurl's own parser, so that it and we can never disagree on the host.
    struct Address {
        var scheme: String
        var host: String

        init?(_ text: String) {
            guard let url = curl_url() else { return nil }
            defer { curl_url_cleanup(url) }
            guard curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK,
                let scheme = Self.part(CURLUPART_SCHEME, of: url), let host = Self.part(CURLUPART_HOST, of: url)
            else { return nil }
            self.scheme = scheme.lowercased()
            self.host = host.lowercased()
        }

        var isLoopback: Bool { Loopback.contains(host) }

        private static func part(_ part: CURLUPart, of url: OpaquePointer) -> String? {
            var text: UnsafeMutablePointer<CChar>?
            guard curl_url_get(url, part, &text, 0) == CURLUE_OK, let text else { return nil }
            defer { curl_free(text) }
            return String(cString: text)
        }
    }
}

/// Where requests may go.
///
/// Nearly all go to one origin, which is read once.
final class AllowedOrigins: Sendable {
    struct Origin: Sendable {
        var isSecure: Bool
        /// Scheme, host and port as written, up to the path's first slash; `nil` where the URL has no such beginning.
        var text: String?
    }

    private let last = Locked<Origin?>(nil)

    /// The origin of a URL; `nil` for one that requests may not go to.
    func allowed(of url: String, _ configuration: CurlConfiguration) -> Origin? {
        let known = last.withLock { $0 }
        if let known, let text = known.text, Self.begins(url, with: text) { return known }
        guard let address = RequestCheck.Address(url) else { return nil }
        let origin = Origin(isSecure: address.scheme == "https", text: Self.beginning(of: url))
        switch address.scheme {
        case "https": break
        case "http": guard !configuration.allowsPlainHTTPOnLoopbackOnly || address.isLoopback else { return nil }
        default: return nil
        }
        last.withLock { $0 = origin }
        return origin
    }

    /// The same bytes up to a slash that ends the authority (RFC 3986, section 3.2): the same host, however the rest reads.
    private static func begins(_ url: String, with origin: String) -> Bool {
        let rest = url.utf8.dropFirst(origin.utf8.count)
        return rest.first == UInt8(ascii: "/") && url.utf8.starts(with: origin.utf8)
    }

    private static func beginning(of url: String) -> String? {
        let bytes = url.utf8
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let authority = bytes[bytes.index(after: colon)...].dropFirst(2)
        guard bytes[colon...].starts(with: "://".utf8),
            let end = authority.firstIndex(where: { "/?#\\@".utf8.contains($0) }), bytes[end] == UInt8(ascii: "/")
        else { return nil }
        return String(url[..<end])
    }
}
