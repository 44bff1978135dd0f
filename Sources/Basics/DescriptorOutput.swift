import Glibc

/// Why bytes did not get out of a descriptor, and how many did.
public struct WriteFailure: Error, Equatable {
    /// `EPIPE` when the reader is gone, `ETIMEDOUT` when it did not read in time.
    public var code: Int32
    /// How many bytes had been written before.
    public var written: Int

    /// The system's words for ``code``.
    public var reason: String { String(cString: strerror(code)) }
}

/// Writes to descriptors that others made: a pipe whose reader sleeps or has gone, a full disk, a closed or a
/// non-blocking one.
///
/// None of these traps, and none makes anybody wait for longer than was said.
public enum DescriptorOutput {
    /// What a pipe takes in one piece once `poll` says that it takes anything.
    private static let pipePiece = 4096

    /// - Parameter patience: `nil` waits for as long as it takes.
    /// - Throws: ``WriteFailure``; a process that ignores `SIGPIPE` gets `EPIPE` here.
    public static func write(
        _ bytes: [UInt8], to descriptor: Int32, within patience: Duration? = nil
    ) throws(WriteFailure) {
        let end = patience.map { MonotonicTime.now() + $0 }
        var written = 0
        var mustWait = end != nil
        while written < bytes.count {
            if mustWait, !isWritable(descriptor, until: end) {
                throw WriteFailure(code: ETIMEDOUT, written: written)
            }
            // With an end in sight never more than surely fits, for a blocking descriptor waits for the rest.
            let most = end == nil ? bytes.count : pipePiece
            let count = bytes[written...].withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, min($0.count, most))
            }
            if count > 0 {
                written += count
            } else if count < 0, errno == EAGAIN || errno == EWOULDBLOCK {
                mustWait = true
            } else if count == 0 || errno != EINTR {
                throw WriteFailure(code: count == 0 ? EIO : errno, written: written)
            }
        }
    }

    /// Also when the next write will fail: it says why.
    private static func isWritable(_ descriptor: Int32, until end: MonotonicTime?) -> Bool {
        while true {
            var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            let left = end.map { ($0 - MonotonicTime.now()) / .milliseconds(1) }
            let count = poll(&wanted, 1, left.map { Int32(max(0, min($0.rounded(.up), 3_600_000))) } ?? -1)
            if count > 0 { return true }
            if count == 0 { return false }
            if errno != EINTR { return true }
        }
    }
}
