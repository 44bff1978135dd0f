public import Basics

/// One HTTP request with Basic authentication.
public struct HTTPRequest: Sendable, CustomStringConvertible, CustomReflectable {
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    public var method: Method
    /// Absolute, `https:` (or `http:`, see ``CurlConfiguration/allowsPlainHTTPOnLoopbackOnly``), with everything
    /// escaped and without credentials.
    public var url: String
    public var user: String
    public var password: Redacted<String>
    /// Sent with `post` only.
    public var body: [UInt8]?
    public var contentType: String?
    /// From the call to the last byte of the answer, connecting included. At least 1 ms.
    public var timeLimit: Duration

    public init(
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
    public var customMirror: Mirror { Mirror(reflecting: description) }
}

/// An HTTP answer.
public struct HTTPResponse: Sendable, CustomStringConvertible, CustomReflectable {
    /// The header fields that are kept; `nil` where they were not sent. Of several of one name the last counts.
    public struct Headers: Sendable {
        public var contentType: String?
        public var date: String?
        public var retryAfter: String?

        public init() {}
    }

    public var status: Int
    public var headers: Headers
    public var body: [UInt8]

    public init(status: Int, headers: Headers, body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Status and size: the body may hold numbers.
    public var description: String { "HTTP \(status), \(body.count) bytes" }
    public var customMirror: Mirror { Mirror(reflecting: description) }
}
