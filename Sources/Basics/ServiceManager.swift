import Glibc

/// The service manager that started this process and wants to hear from it, as systemd does for `Type=notify`.
///
/// The protocol is that of sd_notify(3): one datagram of `NAME=value` lines to the socket that `$NOTIFY_SOCKET` names.
public struct ServiceManager: Sendable {
    /// What it can be told.
    public enum Notice: Sendable, Equatable {
        /// The service has begun; whoever waits for its start goes on.
        case ready
        /// The service is about to end of itself or because it was asked to.
        case stopping
        /// It is alive; wanted at least once per ``ServiceManager/watchdog``.
        case alive
        /// How it fares, in one line for people.
        case status(String)

        fileprivate var line: String {
            switch self {
            case .ready: "READY=1"
            case .stopping: "STOPPING=1"
            case .alive: "WATCHDOG=1"
            // A line's end would begin a notice of its own.
            case .status(let text): "STATUS=\(String(text.map { $0.isNewline ? " " : $0 }))"
            }
        }
    }

    /// How long it waits for a sign of life before it ends the process; `nil` when it wants none.
    public let watchdog: Duration?
    private let address: [UInt8]

    /// - Parameter process: whose watchdog it must be; this process by default.
    /// - Returns: `nil` when no manager wants to be told, or at a kind of socket that this does not speak.
    public init?(environment: [String: String], process: Int32? = nil) {
        guard let socket = environment["NOTIFY_SOCKET"], socket.utf8.count > 1 else { return nil }
        // "@" stands for the zero byte that names of sockets without a file begin with.
        guard socket.hasPrefix("/") || socket.hasPrefix("@"), !socket.utf8.contains(0) else { return nil }
        var address = Array(socket.utf8)
        if socket.hasPrefix("@") { address[0] = 0 }
        guard address.count < Self.longestAddress else { return nil }
        self.address = address
        let isForThis = environment["WATCHDOG_PID"].map { $0 == "\(process ?? getpid())" } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap(Int64.init) ?? 0
        watchdog = isForThis && microseconds > 0 ? .microseconds(microseconds) : nil
    }

    private static let longestAddress = MemoryLayout.size(ofValue: sockaddr_un().sun_path)

    /// Tells it, without waiting.
    ///
    /// - Returns: whether it was taken; a manager that is busy, restarts or has gone takes nothing.
    @discardableResult
    public func tell(_ notices: [Notice]) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let text = Array(notices.map { $0.line + "\n" }.joined().utf8)
        var target = sockaddr_un()
        target.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &target.sun_path) { $0.copyBytes(from: address) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + address.count)
        let sent = withUnsafePointer(to: target) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, text, text.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), $0, length)
            }
        }
        return sent == text.count
    }
}
