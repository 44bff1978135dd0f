import Basics
import CCurl

/// An easy handle with all that the requests of one client have in common.
///
/// It is used again and again: a new one, and each text that libcurl copies, costs allocations.
///
/// Not Sendable: it lives in ``Multi`` and is touched on its thread only.
final class EasyHandle {
    let pointer: UnsafeMutableRawPointer
    private var user: String?
    private var password: Redacted<String>?
    private var proxy: String?
    private var headers: HeaderList?

    /// `nil` when libcurl has no memory or refuses an option.
    init?(_ configuration: CurlConfiguration) {
        guard let pointer = curl_easy_init() else { return nil }
        self.pointer = pointer
        var options = EasyOptions(pointer)
        options.apply(configuration)
        guard options.areAllSet else { return nil }
    }

    deinit {
        curl_easy_cleanup(pointer)
    }

    /// Sets what this request asks for and the last one may not have.
    ///
    /// - Parameters:
    ///   - proxy: Empty for none.
    ///   - body: Outlives the transfer; `nil` for a request without one.
    ///   - context: An unretained ``Transfer`` that outlives its stay in the multi handle.
    /// - Returns: Whether libcurl took it all; if not, the handle is of no more use.
    func prepare(
        _ request: HTTPRequest, connectTimeout: Duration, proxy: String, body: UnsafeMutableBufferPointer<UInt8>?,
        context: UnsafeMutableRawPointer
    ) -> Bool {
        var options = EasyOptions(pointer)
        options.apply(request, connectTimeout: connectTimeout)
        if let body { options.apply(body: body) }
        if user != request.user || password != request.password {
            options.apply(user: request.user, request.password)
            (user, password) = (request.user, request.password)
        }
        if self.proxy != proxy {
            options.setText(CURLOPT_PROXY, proxy)
            self.proxy = proxy
        }
        if headers?.contentType != request.contentType || headers == nil {
            guard let list = HeaderList(contentType: request.contentType) else { return false }
            options.setPointer(CURLOPT_HTTPHEADER, list.pointer)
            headers = list
        }
        options.setCallbacks(context: context)
        return options.areAllSet
    }

    /// Lets go of the body and of whoever was called back: both end with the transfer.
    func clear() {
        var options = EasyOptions(pointer)
        options.setPointer(CURLOPT_POSTFIELDS, nil)
        options.removeCallbacks()
    }
}

/// Request headers as libcurl wants them.
private final class HeaderList {
    let contentType: String?
    private(set) var pointer: UnsafeMutablePointer<curl_slist>?

    /// `nil` when libcurl has no memory.
    init?(contentType: String?) {
        self.contentType = contentType
        // Without the first one libcurl would hold a long body back until the server says 100.
        guard append("Expect:"), append("Accept: application/json") else { return nil }
        if let contentType, !append("Content-Type: \(contentType)") { return nil }
    }

    deinit {
        curl_slist_free_all(pointer)
    }

    private func append(_ line: String) -> Bool {
        guard let longer = curl_slist_append(pointer, line) else { return false }
        pointer = longer
        return true
    }
}

/// Easy handles at rest.
///
/// Not Sendable, as they are not.
struct EasyHandlePool {
    /// Each is some kilobytes; a burst beyond it makes new ones.
    static let most = 64
    private var idle: [EasyHandle] = []

    var count: Int { idle.count }

    mutating func take(_ configuration: CurlConfiguration) -> EasyHandle? {
        idle.popLast() ?? EasyHandle(configuration)
    }

    /// - Parameter handle: One whose transfer has ended in peace.
    mutating func giveBack(_ handle: EasyHandle) {
        guard idle.count < Self.most else { return }
        idle.append(handle)
    }
}
