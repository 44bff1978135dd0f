/// An answer as it goes over the wire: honest, or spoilt by a fault.
struct WireAnswer: Sendable, Equatable {
    static let json = "application/json; charset=utf-8"
    static let page = "text/html; charset=utf-8"

    var status: Int
    /// `nil` for an answer without a body.
    var contentType: String?
    /// The `Retry-After` header as it is sent, whatever it says.
    var retryAfter: String?
    /// Where a browser goes next (303).
    var location: String?
    var body: [UInt8] = []
    /// So many spaces are sent ahead of the body; JSON allows them.
    var padding = 0
    /// Waited before every byte of the body; `nil` sends it at once.
    var pause: Duration?
    /// The head promises the whole body, half of it is sent, then the connection closes.
    var isCutShort = false

    /// What `Content-Length` says.
    var length: Int { padding + body.count }

    init(status: Int, contentType: String? = nil, text: String = "") {
        self.status = status
        self.contentType = contentType
        body = Array(text.utf8)
    }

    init(_ response: APIResponse) {
        self.init(
            status: response.status, contentType: response.body.map { _ in Self.json },
            text: response.body?.rendered ?? "")
        retryAfter = response.retryAfter.map { String($0) }
    }
}
