import CCurl

/// Why no answer came, and whether the request can have reached the other side.
public struct CurlError: Error, Sendable, Hashable, CustomStringConvertible {
    /// How far the request got.
    public enum Reach: String, Sendable {
        /// Not a byte of the request was written.
        case surelyNotSent
        /// Some of it may have been written.
        case maybeSent
    }

    /// What went wrong.
    public enum Kind: String, Sendable {
        case dns, connect, tls, timeout
        /// The proxy cannot be found, or refuses.
        case proxy
        /// The connection broke, or the answer was cut or no HTTP.
        case reset
        /// The answer was longer than allowed.
        case tooLarge
        /// The gate said no.
        case withheld
        case cancelled, other
    }

    /// How far the request got.
    public var reach: Reach
    /// What went wrong.
    public var kind: Kind
    /// The HTTP status that a proxy refused with.
    public var proxyStatus: Int?

    package init(reach: Reach, kind: Kind, proxyStatus: Int? = nil) {
        self.reach = reach
        self.kind = kind
        self.proxyStatus = proxyStatus
    }

    /// Both words, as they are logged.
    public var description: String { "\(kind.rawValue), \(reach.rawValue)" }

    /// For what is wrong before libcurl has begun.
    static let unusable = CurlError(reach: .surelyNotSent, kind: .other)
}

extension CurlError.Kind {
    /// By libcurl's numbers: https://curl.se/libcurl/c/libcurl-errors.html.
    init(_ code: CURLcode) {
        self =
            switch code {
            case CURLE_COULDNT_RESOLVE_HOST: .dns
            case CURLE_COULDNT_RESOLVE_PROXY: .proxy
            case CURLE_COULDNT_CONNECT: .connect
            case CURLE_OPERATION_TIMEDOUT: .timeout
            case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
                CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CRL_BADFILE, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
                CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT, CURLE_SSL_ENGINE_NOTFOUND,
                CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_SHUTDOWN_FAILED,
                CURLE_USE_SSL_FAILED:
                .tls
            case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_HTTP2,
                CURLE_HTTP2_STREAM, CURLE_WEIRD_SERVER_REPLY, CURLE_ABORTED_BY_CALLBACK:
                .reset
            default: .other
            }
    }
}
