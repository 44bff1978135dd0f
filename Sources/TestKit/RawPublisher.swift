import Basics
import Dispatch
import Foundation
import Glibc

/// Publishes messages byte by byte, as no decent client would: AMQP 0-9-1 over a plain socket, one message at a time.
package final class RawPublisher: Sendable {
    /// What the broker did with a message.
    package enum Fate: Sendable, Equatable {
        case confirmed
        case refused
        /// Came back: no queue takes it.
        case returned(code: UInt16)
        /// The broker closed the channel or the connection; a new one is made for the next message.
        case closed(code: UInt16)
        /// It hung up without a word.
        case disconnected
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private let queue = DispatchQueue(label: "raw-publisher")
    private let connection = Locked<RawConnection?>(nil)
    private let url: URLComponents

    /// - Parameter url: `amqp://user:password@host:port/vhost`
    package init(url: String) throws {
        guard let parts = URLComponents(string: url) else { throw Failure(description: "not a URL") }
        self.url = parts
    }

    /// Publishes, and returns what became of it.
    package func publish(_ message: RawMessage) async throws -> Fate {
        try await Wait.bounded("the broker's word on a message") { [self] in
            try await withCheckedThrowingContinuation { continuation in
                queue.async { [self] in
                    continuation.resume(with: Result { try connection.withLock { try self.publish(message, on: &$0) } })
                }
            }
        }
    }

    private func publish(_ message: RawMessage, on connection: inout RawConnection?) throws -> Fate {
        let open = try connection ?? RawConnection(url)
        connection = open
        let fate = open.publish(message)
        switch fate {
        case .closed, .disconnected: connection = nil
        default: break
        }
        return fate
    }
}

/// One connection with one confirming channel.
///
/// Blocking; used from one thread at a time.
private final class RawConnection {
    private let descriptor: Int32
    private var frameMax = 131_072

    init(_ url: URLComponents) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(url.port ?? 5672).bigEndian
        address.sin_addr.s_addr = inet_addr(url.host ?? "127.0.0.1")
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
        }
        guard status == 0 else { throw RawPublisher.Failure(description: "cannot connect") }
        // Whoever waited has given up by then.
        var limit = timeval(tv_sec: 300, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        try shakeHands(url)
    }

    deinit {
        close(descriptor)
    }

    private func shakeHands(_ url: URLComponents) throws {
        write(Array("AMQP".utf8) + [0, 0, 9, 1])
        try expect(10, 10)
        var start = RawBytes()
        start.append(RawField.table([("product", .text("raw"))]))
        start.shortText("PLAIN")
        start.longText([0] + Array((url.user ?? "guest").utf8) + [0] + Array((url.password ?? "guest").utf8))
        start.shortText("en_US")
        send(0, 10, 11, start.bytes)
        let tune = try expect(10, 30)
        var answer = RawBytes()
        answer.append(Array(tune.prefix(6)))
        // No heartbeats: nobody reads while nothing is published.
        answer.number(UInt16(0))
        send(0, 10, 31, answer.bytes)
        var open = RawBytes()
        open.shortText(url.path.count > 1 ? String(url.path.dropFirst()) : "/")
        open.append([0, 0])
        send(0, 10, 40, open.bytes)
        try expect(10, 41)
        send(1, 20, 10, [0])
        try expect(20, 11)
        send(1, 85, 10, [0])
        try expect(85, 11)
    }

    func publish(_ message: RawMessage) -> RawPublisher.Fate {
        var bytes = RawBytes.frame(1, channel: 1, message.method)
        bytes += RawBytes.frame(2, channel: 1, message.header)
        for start in stride(from: 0, to: message.body.count, by: frameMax - 8) {
            let part = message.body[start..<min(start + frameMax - 8, message.body.count)]
            bytes += RawBytes.frame(3, channel: 1, Array(part))
        }
        guard write(bytes) else { return lastWord() }
        return fate()
    }

    /// The broker may have said why before it hung up.
    private func lastWord() -> RawPublisher.Fate {
        let fate = fate()
        return fate == .confirmed ? .disconnected : fate
    }

    private func fate() -> RawPublisher.Fate {
        var returned: UInt16?
        while let (type, payload) = readFrame() {
            guard type == 1, payload.count >= 6 else { continue }
            let code = UInt16(payload[4]) << 8 | UInt16(payload[5])
            switch (payload[1], payload[3]) {
            case (60, 50): returned = code
            case (60, 80): return returned.map { .returned(code: $0) } ?? .confirmed
            case (60, 120): return .refused
            case (20, 40), (10, 50): return .closed(code: code)
            default: break
            }
        }
        return .disconnected
    }

    private func send(_ channel: UInt16, _ classID: UInt16, _ methodID: UInt16, _ arguments: [UInt8]) {
        var method = RawBytes()
        method.number(classID)
        method.number(methodID)
        method.append(arguments)
        write(RawBytes.frame(1, channel: channel, method.bytes))
    }

    /// The arguments of the next method, which must be this one.
    @discardableResult
    private func expect(_ classID: UInt8, _ methodID: UInt8) throws -> [UInt8] {
        while let (type, payload) = readFrame() {
            guard type == 1 else { continue }
            guard payload.count >= 4, payload[1] == classID, payload[3] == methodID else { break }
            return Array(payload.dropFirst(4))
        }
        throw RawPublisher.Failure(description: "the broker did not answer with \(classID).\(methodID)")
    }

    @discardableResult
    private func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private func readFrame() -> (type: UInt8, payload: [UInt8])? {
        guard let head = read(7) else { return nil }
        let size = head[3...6].reduce(0) { $0 << 8 | Int($1) }
        guard let payload = read(size + 1) else { return nil }
        return (head[0], payload.dropLast())
    }

    private func read(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var have = 0
        while have < count {
            let more = bytes.withUnsafeMutableBytes {
                recv(descriptor, $0.baseAddress.map { $0 + have }, count - have, 0)
            }
            guard more > 0 else { return nil }
            have += more
        }
        return bytes
    }
}
