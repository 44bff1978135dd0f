import Basics
import Foundation
import Glibc

/// Takes connections, waits for the first bytes and resets.
final class ResettingServer: Sendable {
    let port: Int
    private let descriptor: Int32
    private let resets = Locked(0)

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        descriptor = listener
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(listener, $0, length)
                _ = getsockname(listener, $0, &length)
            }
        }
        listen(listener, 16)
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [resets] in
            while case let peer = accept(listener, nil, nil), peer >= 0 {
                var byte: UInt8 = 0
                _ = recv(peer, &byte, 1, 0)
                // Closed so, it sends a reset and not an end.
                var linger = linger(l_onoff: 1, l_linger: 0)
                setsockopt(peer, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
                resets.withLock { $0 += 1 }
                close(peer)
            }
            close(listener)
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// How many connections it has reset.
    var count: Int { resets.withLock { $0 } }
}
