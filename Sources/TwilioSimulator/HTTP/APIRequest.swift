import Web

/// A request, taken apart but not yet understood.
struct APIRequest: Sendable {
    /// In capitals: `GET`, `POST`, `DELETE`.
    var method: String
    /// The path's parts, percent-decoded.
    var path: [String]
    var query = FormFields()
    var form = FormFields()
    /// The value of the `Authorization` header.
    var authorization: String?
    /// `http://host:port`, as the client called us; links in answers start with it.
    var base = "http://127.0.0.1:8089"
    /// A browser sent it: it prefers a page to JSON.
    var wantsPage = false
    /// A browser sent it for a page of another site.
    var isCrossSite = false

    /// Splits the path, keeping a raw `+`, which the official SDK sends in numbers.
    static func segments(_ path: String) -> [String] {
        path.utf8.split(separator: UInt8(ascii: "/")).map { FormFields.decoded($0, plusIsSpace: false) }
    }
}

/// An answer, not yet written.
struct APIResponse: Sendable, Equatable {
    var status: Int
    /// `nil` for an empty body (204).
    var body: JSONValue?
    /// Seconds for the `Retry-After` header.
    var retryAfter: Int?

    init(status: Int, body: JSONValue?) {
        self.status = status
        self.body = body
    }

    init(_ failure: APIFailure) {
        status = failure.status
        body = failure.body
        retryAfter = failure.retryAfter
    }
}
