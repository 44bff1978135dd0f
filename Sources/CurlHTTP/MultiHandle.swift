import Basics
import CCurl
import Glibc
import PollExecutor

/// libcurl's multi handle, which is also the wait of the thread that drives it; freed when that thread has ended.
final class MultiHandle: Poller, @unchecked Sendable {
    // @unchecked: the pointer never changes; everything behind it happens on the executor's thread, except
    // curl_multi_wakeup, which libcurl allows from any thread.
    let pointer: UnsafeMutableRawPointer?

    init(configuration: CurlConfiguration) {
        _ = Self.globalInit
        pointer = curl_multi_init()
        guard let pointer else { return }
        let perHost = max(1, min(configuration.maxConnectionsPerHost, 100_000))
        // A refused limit leaves libcurl's default, which is safe too.
        _ = ccurl_multi_set_long(pointer, CURLMOPT_MAX_HOST_CONNECTIONS, perHost)
        _ = ccurl_multi_set_long(pointer, CURLMOPT_MAXCONNECTS, perHost)
    }

    deinit {
        if let pointer { curl_multi_cleanup(pointer) }
    }

    func wait(until deadline: MonotonicTime?) {
        let longest = Duration.seconds(60)
        let wait = deadline.map { max(.zero, min($0 - .now(), longest)) } ?? longest
        let result = pointer.map { curl_multi_poll($0, nil, 0, Int32(wait.milliseconds), nil) }
        // Without a working handle this thread must still not spin.
        if result != CURLM_OK { usleep(10_000) }
    }

    func wake() {
        if let pointer { curl_multi_wakeup(pointer) }
    }

    /// libcurl wants this once, before anything else; a static is initialised exactly once.
    private static let globalInit = curl_global_init(ccurl_global_all())
}
