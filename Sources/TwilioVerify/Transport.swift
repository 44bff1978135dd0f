public import Basics

/// What carries requests to Twilio: the real HTTP client, or a script in tests.
public protocol Transport: Sendable {
    /// Performs one request, once; it never repeats one by itself.
    ///
    /// - Parameters:
    ///   - request: What to send.
    ///   - gate: Asked at the last moment before the request is written; `false` keeps it back.
    /// - Returns: Any answer with an HTTP status, whatever the status.
    /// - Throws: ``TransportError``; when the awaiting task is cancelled, kind `cancelled` with the true reach.
    func perform(
        _ request: TransportRequest, gate: @escaping @Sendable () -> Bool
    ) async throws(TransportError) -> TransportResponse
}

/// One HTTP request with Basic authentication.
public struct TransportRequest: Sendable, CustomStringConvertible, CustomReflectable {
    /// What HTTP calls it.
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    /// GET, POST or DELETE.
    public var method: Method
    /// Absolute, with everything escaped.
    ///
    /// It may hold a telephone number.
    public var url: String
    /// The user of HTTP's basic authentication.
    public var user: String
    /// Its password; never printed.
    public var password: Redacted<String>
    /// Sent as `application/x-www-form-urlencoded`, in this order; not sent at all when the method is not `post`.
    public var form: [(String, String)]
    /// From the call to the last byte of the answer, connecting included.
    public var timeLimit: Duration

    package init(
        method: Method, url: String, user: String, password: Redacted<String>, form: [(String, String)] = [],
        timeLimit: Duration
    ) {
        self.method = method
        self.url = url
        self.user = user
        self.password = password
        self.form = form
        self.timeLimit = timeLimit
    }

    /// The form as it goes over the wire.
    public var encodedForm: [UInt8] { FormEncoding.bytes(form) }

    /// The method only: URL and form may hold numbers and codes.
    public var description: String { "\(method.rawValue) •••" }
    /// The description alone: no credentials and no values.
    public var customMirror: Mirror { Mirror(reflecting: description) }
}

/// An HTTP answer.
public struct TransportResponse: Sendable, CustomStringConvertible, CustomReflectable {
    /// The HTTP status, 100 to 599.
    public var status: Int
    /// The header `Retry-After` as it came.
    public var retryAfter: String?
    /// The header `Date` as it came.
    public var date: String?
    /// The header `Content-Type` as it came.
    public var contentType: String?
    /// The header `Twilio-Request-Id` as it came.
    public var requestID: String?
    /// The body as it came.
    public var body: [UInt8]

    package init(
        status: Int, retryAfter: String? = nil, date: String? = nil, contentType: String? = nil,
        requestID: String? = nil, body: [UInt8] = []
    ) {
        self.status = status
        self.retryAfter = retryAfter
        self.date = date
        self.contentType = contentType
        self.requestID = requestID
        self.body = body
    }

    /// Status and size: the body may hold numbers.
    public var description: String { "HTTP \(status), \(body.count) bytes" }
    /// The description alone: no header's value and no body.
    public var customMirror: Mirror { Mirror(reflecting: description) }
}

/// Why no answer came, and whether the request can have reached the other side.
public struct TransportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// How far the request got.
    public enum Reach: String, Sendable {
        /// Not a byte of the request was written.
        case surelyNotSent
        /// Some of it may have been written, so the other side may have acted on it.
        case maybeSent
    }

    /// What went wrong.
    public enum Kind: String, Sendable {
        case dns, connect, tls, timeout, reset, tooLarge
        /// The proxy cannot be found, or refuses.
        case proxy
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
}

/// Percent-encoding for forms and queries.
enum FormEncoding {
    static func encode(_ fields: [(String, String)]) -> String {
        String(decoding: bytes(fields), as: UTF8.self)
    }

    static func bytes(_ fields: [(String, String)]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(fields.reduce(0) { $0 + $1.0.utf8.count + 3 * $1.1.utf8.count + 2 })
        for (name, value) in fields {
            if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
            PercentEncoding.escape(name, into: &bytes)
            bytes.append(UInt8(ascii: "="))
            PercentEncoding.escape(value, into: &bytes)
        }
        return bytes
    }
}
