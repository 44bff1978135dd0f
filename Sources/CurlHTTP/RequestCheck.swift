import Basics
import CCurl

/// What must hold before libcurl sees a request.
enum RequestCheck {
    static func isUsable(_ request: HTTPRequest, _ configuration: CurlConfiguration) -> Bool {
        // Printable ASCII only: a zero byte would cut a C string short, a line break would end a header.
        guard request.url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return false }
        let texts = [request.user, request.password.revealed, request.contentType ?? "", configuration.userAgent]
        guard texts.allSatisfy({ text in text.utf8.allSatisfy { $0 >= 0x20 } }) else { return false }
        guard let address = Address(request.url) else { return false }
        switch address.scheme {
        case "https": return true
        case "http": return !configuration.allowsPlainHTTPOnLoopbackOnly || address.isLoopback
        default: return false
        }
    }

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
