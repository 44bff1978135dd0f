import Basics
import Foundation
import Glibc

/// A small HTTP proxy on loopback that speaks CONNECT: a thread per connection, behaviour as told.
package final class ConnectProxy: Sendable {
    package enum Behaviour: Sendable {
        /// Connects to the port that was asked for, on loopback, and carries bytes both ways.
        case tunnel
        case refuse(Int)
        /// Reads the request and answers nothing.
        case hang
        case hangUp
    }

    package struct SetUpError: Error {}

    package let port: Int
    private let listener: Int32
    private let seen = Locked<[String]>([])
    private let carried = Locked<[UInt8]>([])

    package init(_ behaviour: Behaviour) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let isUp = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isUp else { throw SetUpError() }
        port = Int(UInt16(bigEndian: address.sin_port))
        Self.thread { [self] in acceptAll(behaviour) }
    }

    package var url: String { "http://127.0.0.1:\(port)" }
    /// The heads of all requests, in the order of their coming.
    package var heads: [String] { seen.withLock { $0 } }
    /// What clients have sent through it, TLS as it is.
    package var bytesFromClients: [UInt8] { carried.withLock { $0 } }
    package func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        return address
    }

    private static func thread(_ body: @escaping @Sendable () -> Void) {
        let thread = Thread(block: body)
        thread.stackSize = 512 * 1024
        thread.start()
    }

    private func acceptAll(_ behaviour: Behaviour) {
        while true {
            let peer = accept(listener, nil, nil)
            if peer < 0 { break }
            Self.thread { [self] in
                serve(peer, behaviour)
                close(peer)
            }
        }
        close(listener)
    }

    private func serve(_ peer: Int32, _ behaviour: Behaviour) {
        guard let head = readHead(peer) else { return }
        seen.withLock { $0.append(head) }
        switch behaviour {
        case .hangUp: return
        case .hang: Self.drain(peer)
        case .refuse(let status):
            let body = "<html>no</html>"
            Self.write(
                Array("HTTP/1.1 \(status) No\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8), to: peer)
            Self.drain(peer)
        case .tunnel:
            // "CONNECT host:port HTTP/1.1"
            let target = head.split(separator: " ").dropFirst().first?.split(separator: ":").last
            guard head.hasPrefix("CONNECT "), let port = target.flatMap({ UInt16($0) }) else { return }
            tunnel(peer, to: port)
        }
    }

    private func tunnel(_ peer: Int32, to port: UInt16) {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(server) }
        var address = Self.loopback(port: port)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else {
            return Self.write(Array("HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n".utf8), to: peer)
        }
        Self.write(Array("HTTP/1.1 200 Connection established\r\nX-Proxy: 1\r\n\r\n".utf8), to: peer)
        var sockets = [
            pollfd(fd: peer, events: Int16(POLLIN), revents: 0), pollfd(fd: server, events: Int16(POLLIN), revents: 0),
        ]
        while poll(&sockets, 2, -1) > 0 {
            if sockets[0].revents != 0 {
                guard let bytes = Self.read(peer) else { return }
                carried.withLock { $0 += bytes }
                Self.write(bytes, to: server)
            }
            if sockets[1].revents != 0 {
                guard let bytes = Self.read(server) else { return }
                Self.write(bytes, to: peer)
            }
        }
    }

    private func readHead(_ peer: Int32) -> String? {
        var head: [UInt8] = []
        var byte: UInt8 = 0
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            guard head.count < 65_536, recv(peer, &byte, 1, 0) == 1 else { return nil }
            head.append(byte)
        }
        return String(decoding: head, as: UTF8.self)
    }

    /// `nil` at the end.
    private static func read(_ socket: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let count = recv(socket, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    /// Until the other side closes.
    private static func drain(_ socket: Int32) {
        while read(socket) != nil {}
    }

    private static func write(_ bytes: [UInt8], to socket: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count <= 0 { return }
            rest = rest.dropFirst(count)
        }
    }
}
