import Glibc

/// Places where a test can have the process die, to prove that nothing is lost or doubled there.
///
/// Compiled into debug builds only. `VERIFY_COURIER_FAILPOINT=after_begin:3` kills the process (SIGKILL) the third
/// time that it gets there.
public enum Failpoint: String, Sendable, CaseIterable {
    case afterDelivery = "after_delivery"
    case afterBegin = "after_begin"
    case afterCall = "after_call"
    case afterFinish = "after_finish"
    case afterPublish = "after_publish"
    case beforeAck = "before_ack"

    /// Dies here if the environment says so.
    public func hit() {
        #if DEBUG
            guard let chosen = Self.chosen, chosen.point == self else { return }
            let isLast = Self.hits.withLock { count in
                count += 1
                return count == chosen.count
            }
            if isLast { kill(getpid(), SIGKILL) }
        #endif
    }

    #if DEBUG
        private static let hits = Locked(0)

        private static let chosen: (point: Failpoint, count: Int)? = {
            guard let value = getenv("VERIFY_COURIER_FAILPOINT") else { return nil }
            let parts = String(cString: value).split(separator: ":")
            guard let name = parts.first, let point = Failpoint(rawValue: String(name)) else { return nil }
            return (point, parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
        }()
    #endif
}
