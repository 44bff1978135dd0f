import Basics
import Foundation
import Glibc

/// A raw HTTP/1.1 server on loopback for tests: one thread per connection, answers by script.
package final class ScriptedServer: Sendable {
    package struct Request: Sendable {
        /// 0 for the first connection accepted.
        package var connection: Int
        /// 0 for the first request on its connection.
        package var index: Int
        package var method: String
        package var path: String
        package var head: String
    }

    package enum Step: Sendable {
        case bytes(String)
        case bytesThenClose(String)
        case close
        /// Answers nothing until the client closes.
        case hang
        /// Waits until so many requests have come in all, then answers.
        case whenReceived(Int, String)
    }

    package let port: UInt16
    private let listener: Int32
    private let requests = NSCondition()
    private let received = Locked<[Request]>([])

    package struct SetUpError: Error {}

    package init(_ script: @escaping @Sendable (Request) -> Step) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let isUp = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 512) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isUp else { throw SetUpError() }
        port = UInt16(bigEndian: address.sin_port)
        Self.thread { [self] in acceptAll(script) }
    }

    package var url: String { "http://127.0.0.1:\(port)" }
    package var all: [Request] { received.withLock { $0 } }
    package func count(path: String) -> Int { all.count { $0.path == path } }
    package func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    /// A complete answer that keeps the connection open.
    package static func ok(_ body: String = "{}") -> String {
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private static func thread(_ body: @escaping @Sendable () -> Void) {
        let thread = Thread(block: body)
        thread.stackSize = 512 * 1024
        thread.start()
    }

    private func acceptAll(_ script: @escaping @Sendable (Request) -> Step) {
        var connection = 0
        while true {
            let peer = accept(listener, nil, nil)
            if peer < 0 { break }
            let number = connection
            connection += 1
            Self.thread { [self] in
                serve(peer, number, script)
                close(peer)
            }
        }
        close(listener)
    }

    private func serve(_ peer: Int32, _ connection: Int, _ script: (Request) -> Step) {
        var index = 0
        while let request = readRequest(peer, connection, index) {
            requests.lock()
            received.withLock { $0.append(request) }
            requests.broadcast()
            requests.unlock()
            guard play(script(request), peer) else { return }
            index += 1
        }
    }

    /// - Returns: Whether the connection stays open.
    private func play(_ step: Step, _ peer: Int32) -> Bool {
        switch step {
        case .bytes(let text): return write(text, peer)
        case .bytesThenClose(let text):
            _ = write(text, peer)
            return false
        case .close: return false
        case .hang:
            var byte: UInt8 = 0
            while recv(peer, &byte, 1, 0) > 0 {}
            return false
        case .whenReceived(let count, let text):
            requests.lock()
            let end = Date.now + 240
            while received.withLock({ $0.count }) < count, requests.wait(until: end) {}
            requests.unlock()
            return write(text, peer)
        }
    }

    private func write(_ text: String, _ peer: Int32) -> Bool {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { send(peer, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count <= 0 { return false }
            bytes = bytes.dropFirst(count)
        }
        return true
    }

    private func readRequest(_ peer: Int32, _ connection: Int, _ index: Int) -> Request? {
        var head: [UInt8] = []
        var byte: UInt8 = 0
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            guard head.count < 65_536, recv(peer, &byte, 1, 0) == 1 else { return nil }
            head.append(byte)
            // A TLS handshake: not for us.
            if head[0] == 0x16 { return nil }
        }
        let text = String(decoding: head, as: UTF8.self)
        let lines = text.components(separatedBy: "\r\n")
        let words = (lines.first ?? "").components(separatedBy: " ")
        guard words.count == 3 else { return nil }
        let length = lines.first { $0.lowercased().hasPrefix("content-length:") }
        for _ in 0..<(length.flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0) {
            guard recv(peer, &byte, 1, 0) == 1 else { return nil }
        }
        return Request(connection: connection, index: index, method: words[0], path: words[1], head: text)
    }
}
