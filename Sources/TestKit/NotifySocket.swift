import Basics
import Glibc

/// A service manager's end of `$NOTIFY_SOCKET`.
///
/// Its socket has no file: the kernel chooses the name.
package final class NotifySocket: Sendable {
    private let descriptor: Int32
    /// For `$NOTIFY_SOCKET`.
    package let name: String

    package init() throws {
        let kind = Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sa_family_t>.size)) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else {
            let error = errno
            close(descriptor)
            throw CannotListen(error: error)
        }
        let count = Int(length) - MemoryLayout<sa_family_t>.size
        self.descriptor = descriptor
        name = withUnsafeBytes(of: address.sun_path) { "@" + String(decoding: $0[1..<count], as: UTF8.self) }
    }

    deinit { close(descriptor) }

    /// The oldest datagram that was not taken yet; `nil` when there is none.
    package func receive() -> String? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// Waits for a datagram with this line, passing over others.
    package func waitUntilTold(_ line: String) async throws {
        try await Wait.until("the service manager is told \(line)") {
            while let told = self.receive() {
                if told.split(separator: "\n").contains(Substring(line)) { return true }
            }
            return false
        }
    }

    /// The socket could not be made.
    package struct CannotListen: Error {
        let error: Int32
    }
}
