import Foundation
import Glibc

/// A minimal HTTP/1.1 client on a blocking socket: one connection per request, to 127.0.0.1.
enum BlockingHTTP {
    /// `AC…1:secret` in Base64.
    static let basic = "Basic QUMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMTpzZWNyZXQ="

    /// The whole answer as text, head included; empty when the server closed without a byte.
    ///
    /// It blocks a thread of its own: those of Dispatch are few, and Swift's own are among them.
    static func exchange(port: Int, _ request: String) async -> String {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: transfer(port: port, request)) }
        }
    }

    /// A GET, or a POST when there is a form, unless another method is named; with the default credentials.
    static func send(
        port: Int, _ path: String, method: String? = nil, form: String? = nil, headers: [String] = []
    ) async -> String {
        let body = form ?? ""
        let head = [
            "\(method ?? (form == nil ? "GET" : "POST")) \(path) HTTP/1.1", "Host: 127.0.0.1:\(port)",
            "Connection: close",
            "Authorization: \(basic)", "Content-Type: application/x-www-form-urlencoded",
            "Content-Length: \(body.utf8.count)",
        ]
        return await exchange(port: port, (head + headers + ["", ""]).joined(separator: "\r\n") + body)
    }

    /// Connects, and hangs up without a word.
    static func touch(port: Int) {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if socket >= 0, connect(socket, port: port) { close(socket) }
    }

    private static func transfer(port: Int, _ request: String) -> String {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0, connect(socket, port: port) else { return "no connection" }
        defer { close(socket) }
        // A server that never answers must not hold the test run up.
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let bytes = Array(request.utf8)
        guard Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { return "" }
        return readAll(socket)
    }

    private static func connect(_ socket: Int32, port: Int) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func readAll(_ socket: Int32) -> String {
        var received: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = recv(socket, &chunk, chunk.count, 0)
            guard count > 0 else { break }
            received += chunk[..<count]
        }
        return String(decoding: received, as: UTF8.self)
    }
}
