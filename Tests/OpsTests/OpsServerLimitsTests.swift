import Basics
import Foundation
import Logging
import Testing
import Web

@testable import Ops

/// What strangers who reach the port can do to it.
@Suite("Contract 7: limits of ops.listen", .timeLimit(.minutes(10))) struct OpsServerLimitsTests {
    private func serving(
        _ change: (inout ServerLimits) -> Void = { _ in }, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        var limits = ServerLimits()
        limits.isShortOfDescriptors = { false }
        // Whoever is to be answered here is, however busy the machine is.
        limits.exchange = .seconds(300)
        change(&limits)
        let registry = MetricRegistry()
        let server = OpsServer(
            host: "127.0.0.1", port: 0, pages: [.live, .metrics(registry)], registry: registry, limits: limits,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup { group in
            group.addTask { try await server.run() }
            let port = try await server.waitUntilListening()
            try await body(port)
            group.cancelAll()
        }
    }

    /// Off the threads that tasks run on.
    private func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
        }
    }

    private static let live = "GET /live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

    @Test("with 1,000 idle connections of a stranger it is answered that the worker lives, and few of them are open")
    func idleFlood() async throws {
        RawPeer.raiseOpenFiles()
        try await serving { port in
            try await blocking {
                let strangers = try (0..<1000).map { _ in try RawPeer(port: port) }
                for _ in 0..<3 {
                    let peer = try RawPeer(port: port)
                    #expect(peer.write(Self.live))
                    #expect(peer.readToEnd().hasPrefix("HTTP/1.1 200 OK"))
                }
                // Those that went made room one after the other; the last of them may still be on its way.
                for stranger in strangers.prefix(900) { #expect(stranger.hasEnded(within: 20_000)) }
                #expect(strangers.count { !$0.hasEnded() } <= 64)
            }
        }
    }

    @Test("who sends nothing, headers or a body byte by byte, is cut off after the time for it")
    func slow() async throws {
        try await serving {
            $0.exchange = .milliseconds(300)
        } _: { port in
            try await blocking {
                let idle = try RawPeer(port: port)
                #expect(idle.hasEnded(within: 20_000))
                for start in ["GET /live HTTP/1.1\r\nX-", "POST /live HTTP/1.1\r\nContent-Length: 100000\r\n\r\n"] {
                    let peer = try RawPeer(port: port)
                    peer.write(start)
                    // A byte each time that it has not ended within 20 ms; the suite's limit ends a server that lets it.
                    while !peer.hasEnded(within: 20) { peer.write("x") }
                }
            }
        }
    }

    @Test("a connection that was answered may ask again")
    func keptAlive() async throws {
        try await serving { port in
            try await blocking {
                let peer = try RawPeer(port: port)
                for _ in 0..<3 {
                    #expect(peer.write("GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                    #expect(peer.read(until: "\r\n\r\nlive\n").hasPrefix("HTTP/1.1 200 OK"))
                }
            }
        }
    }

    @Test("while the process is short of descriptors, whoever comes is closed at once, and afterwards all is well")
    func shortOfDescriptors() async throws {
        let isShort = Locked(true)
        try await serving {
            $0.isShortOfDescriptors = { isShort.withLock { $0 } }
        } _: { port in
            try await blocking {
                #expect(try RawPeer(port: port).hasEnded(within: 20_000))
                isShort.withLock { $0 = false }
                let peer = try RawPeer(port: port)
                #expect(peer.write(Self.live))
                #expect(peer.readToEnd().hasPrefix("HTTP/1.1 200 OK"))
            }
        }
    }

    @Test("more headers than anybody needs are no request")
    func headers() async throws {
        try await serving { port in
            try await blocking {
                let peer = try RawPeer(port: port)
                peer.write("GET /live HTTP/1.1\r\nX: \(String(repeating: "x", count: 20_000))\r\n\r\n")
                #expect(!peer.readToEnd().contains("200 OK"))
            }
        }
    }

    @Test("a foreign name is refused by the header that a browser sends")
    func foreignName() async throws {
        try await serving { port in
            try await blocking {
                let peer = try RawPeer(port: port)
                peer.write("GET /metrics HTTP/1.1\r\nHost: evil.example:\(port)\r\nConnection: close\r\n\r\n")
                let answer = peer.readToEnd()
                #expect(answer.hasPrefix("HTTP/1.1 421") && !answer.contains("process_"))
            }
        }
    }
}
