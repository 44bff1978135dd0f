import Basics
import Foundation

/// A RabbitMQ node of this test process's own, through deploy/broker.sh.
package final class PrivateBroker: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Listeners with TLS; URLs for `localhost`, which is the name in the certificates.
    package struct TLS: Sendable {
        package var url: String
        /// Asks its clients for a certificate.
        package var clientURL: String
        /// Shows a certificate that has expired.
        package var expiredURL: String
        /// Where `ca.pem`, `other-ca.pem`, `client.pem`, `client-key.pem` and `server.pem` are.
        package var folder: String
    }

    /// One node of a kind: who comes second waits for it, and nobody for that of another kind.
    private static let starting = ["start": queue(1), "start-tls": queue(1)]
    /// Each command is an Erlang of its own: few at once.
    private static let commands = queue(3)
    private static let known = Locked<[String: PrivateBroker]>([:])

    /// `amqp://guest:guest@127.0.0.1:PORT`, its address.
    package let url: String
    package let tls: TLS?
    private let directory: String
    /// Virtual hosts that nobody has used yet.
    private let spare = Locked<[String]>([])
    private let hosts = queue(1)

    private init(directory: String) throws {
        let text = try String(contentsOfFile: directory + "/env", encoding: .utf8)
        let pairs = text.split(separator: "\n").compactMap { line -> (String, String)? in
            let sides = line.split(separator: "=", maxSplits: 1)
            return sides.count == 2 ? (String(sides[0]), String(sides[1])) : nil
        }
        let values = Dictionary(pairs, uniquingKeysWith: { $1 })
        guard let url = values["BROKER_URL"] else { throw Failure(description: "no BROKER_URL in \(directory)/env") }
        self.url = url
        self.directory = directory
        tls = values["BROKER_TLS_URL"].map { url in
            TLS(
                url: url, clientURL: values["BROKER_TLS_CLIENT_URL"] ?? "",
                expiredURL: values["BROKER_TLS_EXPIRED_URL"] ?? "", folder: values["BROKER_TLS_FOLDER"] ?? "")
        }
    }

    /// The node of `VERIFY_COURIER_TEST_BROKER_DIR`, or one that ends with this process.
    package static func shared() async throws -> PrivateBroker {
        try await only("start") {
            try ProcessInfo.processInfo.environment["VERIFY_COURIER_TEST_BROKER_DIR"].map {
                try PrivateBroker(directory: $0)
            }
        }
    }

    /// A node with TLS that ends with this process.
    ///
    /// For one suite alone, which may do to it what it likes.
    package static func withTLS() async throws -> PrivateBroker {
        try await only("start-tls") { nil }
    }

    /// Two nodes of a cluster that end with this process.
    package static func pair() async throws -> [PrivateBroker] {
        try await blocking(commands) {
            let first = try start("start")
            return [first, try start("join", first.directory)]
        }
    }

    /// A node of one test's own, which it may kill and start again; it ends with this process.
    package static func own() async throws -> PrivateBroker {
        try await blocking(commands) { try start("start") }
    }

    /// Brings up a node that was killed, at the same address.
    package func restart() async throws {
        _ = try await Self.blocking(Self.commands) { [directory] in try Self.script(["start", directory]) }
    }

    /// Has it write down which members its quorum queues have.
    ///
    /// RabbitMQ 3.10 does so only now and then: a queue that was made seconds before a crash comes back without any, and
    /// answers nobody.
    package func flush() async throws {
        _ = try await Self.blocking(Self.commands) { [directory] in try Self.script(["flush", directory]) }
    }

    /// As `kill -9` does it.
    package func kill() async throws {
        _ = try await Self.blocking(Self.commands) { [directory] in try Self.script(["kill", directory]) }
    }

    private static func only(
        _ verb: String, orElse given: @escaping @Sendable () throws -> PrivateBroker?
    ) async throws -> PrivateBroker {
        if let broker = known.withLock({ $0[verb] }) { return broker }
        return try await blocking(starting[verb] ?? commands) {
            if let broker = known.withLock({ $0[verb] }) { return broker }
            let broker = try given() ?? start(verb)
            known.withLock { $0[verb] = broker }
            return broker
        }
    }

    /// A fresh virtual host's URL.
    ///
    /// They are made many at a time: each call of `rabbitmqctl` starts a machine of its own.
    package func makeVirtualHost() async throws -> String {
        try await Self.blocking(hosts) { [self] in
            if let name = spare.withLock({ $0.popLast() }) { return "\(url)/\(name)" }
            let names = (0..<Self.atOnce).map { _ in "t" + RandomID.hex(bytes: 6) }
            _ = try Self.script(["ctl", directory, "eval", Self.making(names)])
            spare.withLock { $0 = Array(names.dropFirst()) }
            return "\(url)/\(names[0])"
        }
    }

    private static let atOnce = 24

    /// Erlang that adds virtual hosts and lets `guest` do everything there.
    private static func making(_ names: [String]) -> String {
        let list = names.map { "<<\"\($0)\">>" }.joined(separator: ",")
        let all = "<<\".*\">>"
        return """
            [begin ok = rabbit_vhost:add(V, <<"tests">>),
            ok = rabbit_auth_backend_internal:set_permissions(<<"guest">>, V, \(all), \(all), \(all), <<"tests">>)
            end || V <- [\(list)]].
            """
    }

    /// What `rabbitmqctl` prints.
    package func ctl(_ arguments: [String]) async throws -> String {
        try await Self.blocking(Self.commands) { [directory] in try Self.script(["ctl", directory] + arguments) }
    }

    private static func start(_ verb: String, _ more: String...) throws -> PrivateBroker {
        let directory = NSTemporaryDirectory() + "verify-courier-broker-" + RandomID.hex(bytes: 6)
        try watch(directory)
        _ = try script([verb, directory] + more)
        return try PrivateBroker(directory: directory)
    }

    /// A shell that outlives this process and stops the node after it, however it ends.
    private static func watch(_ directory: String) throws {
        let loop = "while kill -0 \"$1\" 2>/dev/null; do sleep 1; done; \"$2\" stop \"$3\"; rm -rf \"$3\""
        // In a session of its own: a Ctrl-C is not for it. Kept for good, since a child that is let go is killed.
        let arguments = ["bash", "-c", loop, "watch", "\(getpid())", scriptPath, directory]
        let watch = try ChildProcess("setsid", arguments)
        watches.withLock { $0.append(watch) }
    }

    private static let watches = Locked<[ChildProcess]>([])

    private static var scriptPath: String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return root.deletingLastPathComponent().appendingPathComponent("deploy/broker.sh").path
    }

    static func script(_ arguments: [String]) throws -> String {
        do {
            return String(decoding: try Tool(scriptPath, arguments).runAndBlock(), as: UTF8.self)
        } catch {
            throw Failure(description: "broker.sh \(arguments.first ?? ""): \(error)")
        }
    }

    private static func queue(_ width: Int) -> OperationQueue {
        let queue = OperationQueue()
        queue.maxConcurrentOperationCount = width
        return queue
    }

    /// Waits for processes off the threads that tasks run on.
    ///
    /// Others may be ahead in the queue, each for as long as a wait may be.
    private static func blocking<T: Sendable>(
        _ queue: OperationQueue, _ body: @escaping @Sendable () throws -> T
    ) async throws -> T {
        try await Wait.bounded("a command of the broker's", timeout: Wait.timeout * 2) {
            try await withCheckedThrowingContinuation { continuation in
                queue.addOperation { continuation.resume(with: Result { try body() }) }
            }
        }
    }
}
