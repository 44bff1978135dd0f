import Basics
import CCurl
import Glibc

/// One request under way: it has an easy handle to itself and owns everything libcurl points into.
///
/// Not Sendable: it lives in ``Multi`` and is touched on its thread only, by the callbacks too.
final class Transfer {
    typealias Answer = Result<HTTPResponse, CurlError>

    let ticket: UInt64
    let handle: EasyHandle
    var easy: UnsafeMutableRawPointer { handle.pointer }
    private let limit: Int
    private let gate: @Sendable () -> Bool
    private let continuation: CheckedContinuation<Answer, Never>
    private let posted: UnsafeMutableBufferPointer<UInt8>?
    private var body: [UInt8] = []
    private var headers = HeaderReader()
    private var isTooLarge = false
    private var passage = Passage.notAsked
    let began = MonotonicTime.now()
    /// When something of the answer came last.
    private(set) var heardAt: MonotonicTime?

    /// What the gate has done.
    ///
    /// It lets pass once.
    private enum Passage {
        case notAsked, withheld, passed
    }

    /// - Throws: When libcurl refuses an option; nothing has been sent, and the continuation is left to the caller.
    init(
        _ request: HTTPRequest, _ handle: EasyHandle, proxy: String, ticket: UInt64, configuration: CurlConfiguration,
        gate: @escaping @Sendable () -> Bool, continuation: CheckedContinuation<Answer, Never>
    ) throws(CurlError) {
        self.ticket = ticket
        self.handle = handle
        self.gate = gate
        self.continuation = continuation
        limit = configuration.maxResponseBytes
        posted = request.method == .post ? Self.copy(request.body ?? []) : nil
        // Unretained: Multi keeps the transfer until its easy handle has left the multi handle.
        let isReady = handle.prepare(
            request, connectTimeout: configuration.connectTimeout, proxy: proxy,
            body: posted.map { .init(start: $0.baseAddress, count: $0.count - 1) },
            context: Unmanaged.passUnretained(self).toOpaque())
        guard isReady else { throw .unusable }
    }

    deinit {
        handle.clear()
        // It may hold a code.
        posted?.update(repeating: 0)
        posted?.deallocate()
    }

    /// One byte more than needed, so that there is an address for an empty body too.
    private static func copy(_ bytes: [UInt8]) -> UnsafeMutableBufferPointer<UInt8> {
        let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count + 1)
        buffer.initialize(repeating: 0)
        _ = buffer.update(from: bytes)
        return buffer
    }

    // MARK: Callbacks, on the thread of Multi

    /// Called when the connection stands and the request is about to be written.
    ///
    /// libcurl calls it again when it is about to *repeat* the request, because a reused connection closed before any
    /// answer: the first copy may have been read and acted on, so there is no second one.
    func mayWrite() -> Bool {
        guard passage == .notAsked else { return false }
        passage = gate() ? .passed : .withheld
        return passage == .passed
    }

    /// - Returns: Whether to go on.
    func receive(body bytes: UnsafeRawBufferPointer) -> Bool {
        heardAt = .now()
        guard body.count + bytes.count <= limit else {
            isTooLarge = true
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }

    /// - Returns: Whether to go on.
    func receive(header line: UnsafeRawBufferPointer) -> Bool {
        heardAt = .now()
        isTooLarge = !headers.read(line)
        return !isTooLarge
    }

    // MARK: Ends; exactly one is called, once

    func finish(_ code: CURLcode) {
        continuation.resume(returning: answer(code))
    }

    func fail(_ kind: CurlError.Kind) {
        continuation.resume(returning: .failure(CurlError(reach: reach, kind: kind)))
    }

    /// The proxy said no, before the server had heard of anything.
    private func proxyRefusal(_ code: CURLcode) -> CurlError? {
        var status = 0
        guard code != CURLE_OK, passage == .notAsked,
            ccurl_get_long(easy, CURLINFO_HTTP_CONNECTCODE, &status) == CURLE_OK, status >= 300
        else { return nil }
        return CurlError(reach: .surelyNotSent, kind: .proxy, proxyStatus: status)
    }

    private var reach: CurlError.Reach { passage == .passed ? .maybeSent : .surelyNotSent }

    private func answer(_ code: CURLcode) -> Answer {
        if passage == .withheld { return .failure(CurlError(reach: .surelyNotSent, kind: .withheld)) }
        if isTooLarge { return .failure(CurlError(reach: reach, kind: .tooLarge)) }
        if let refusal = proxyRefusal(code) { return .failure(refusal) }
        guard code == CURLE_OK else { return .failure(CurlError(reach: reach, kind: CurlError.Kind(code))) }
        var status = 0
        guard ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK, status > 0 else {
            return .failure(CurlError(reach: reach, kind: .reset))
        }
        return .success(HTTPResponse(status: status, headers: headers.fields, body: body))
    }
}

/// The connection that a transfer goes by, while libcurl holds it.
extension Transfer {
    /// Our port, which tells a connection from the others of the moment; `nil` before there is one.
    var port: Int? {
        var port = 0
        return ccurl_get_long(easy, CURLINFO_LOCAL_PORT, &port) == CURLE_OK && port > 0 ? port : nil
    }

    /// Ends the connection, where libcurl would go on using it: what else is under way there fails at once.
    func hangUp() {
        var socket = curl_socket_t(-1)
        guard ccurl_get_socket(easy, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK, socket >= 0 else { return }
        shutdown(socket, Int32(SHUT_RDWR))
    }
}
