import Glibc

/// What strangers may take of the process through one of its ports.
package struct ServerLimits: Sendable {
    /// Connections at once.
    package var mostConnections = 64
    /// From a connection's opening, or its last answer, to the end of the next answer: for idle peers, and for those that
    /// send or read slowly.
    package var exchange: Duration = .seconds(10)
    /// Bytes of a request's line and headers.
    package var headerBytes = 8192
    /// Bytes of a request's body; a form of ours is far shorter.
    package var bodyBytes = 8192
    /// Whether the process has few descriptors left: then they are for the store, the broker and Twilio.
    package var isShortOfDescriptors: @Sendable () -> Bool = { Descriptors.areShort }

    package init() {}
}

/// How many files and sockets the process may still open.
enum Descriptors {
    /// What the worker's own connections and files may need at once.
    private static let reserve = 256

    /// The kernel gives the lowest number that is free: a high one means that all below are taken.
    static var areShort: Bool {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return false }
        let next = open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard next >= 0 else { return true }
        close(next)
        return isShort(next: UInt64(next), limit: UInt64(limit.rlim_cur))
    }

    /// Of a low limit a quarter is kept.
    static func isShort(next: UInt64, limit: UInt64) -> Bool {
        next >= limit - min(UInt64(reserve), limit / 4)
    }
}
