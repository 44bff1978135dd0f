public import Basics

/// One HTTP request with Basic authentication.
public struct HTTPRequest: Sendable, CustomStringConvertible, CustomReflectable {
    /// What HTTP calls it.
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    /// GET, POST or DELETE.
    public var method: Method
    /// Absolute, `https:` (or `http:`, see ``CurlConfiguration/allowsPlainHTTPOnLoopbackOnly``), with everything
    /// escaped and without credentials.
    public var url: String
    /// The user of HTTP's basic authentication; empty for none.
    public var user: String
    /// Its password; never printed.
    public var password: Redacted<String>
    /// Sent with `post` only.
    public var body: [UInt8]?
    /// The body's MIME type.
    public var contentType: String?
    /// From the call to the last byte of the answer, connecting included.
    ///
    /// At least 1 ms.
    public var timeLimit: Duration

    package init(
        method: Method, url: String, user: String, password: Redacted<String>, body: [UInt8]? = nil,
        contentType: String? = nil, timeLimit: Duration
    ) {
        self.method = method
        self.url = url
        self.user = user
        self.password = password
        self.body = body
        self.contentType = contentType
        self.timeLimit = timeLimit
    }

    /// The method only: URL and body may hold numbers and codes.
    public var description: String { "\(method.rawValue) •••" }
    /// The description alone: no credentials and no body.
    public var customMirror: Mirror { Mirror(reflecting: description) }
}

/// An HTTP answer.
public struct HTTPResponse: Sendable, CustomStringConvertible, CustomReflectable {
    /// The header fields that are kept; `nil` where they were not sent.
    ///
    /// Of several of one name the last counts.
    public struct Headers: Sendable {
        /// The field `Content-Type`.
        public var contentType: String?
        /// The field `Date`.
        public var date: String?
        /// The field `Retry-After`.
        public var retryAfter: String?
        /// The server's own name for the request: a field that ends in `Request-Id`.
        public var requestID: String?

        package init() {}
    }

    /// The HTTP status, 100 to 599.
    public var status: Int
    /// Those of the header fields that somebody reads.
    public var headers: Headers
    /// The body as it came.
    public var body: [UInt8]

    package init(status: Int, headers: Headers, body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Status and size: the body may hold numbers.
    public var description: String { "HTTP \(status), \(body.count) bytes" }
    /// The description alone: no header's value and no body.
    public var customMirror: Mirror { Mirror(reflecting: description) }
}
