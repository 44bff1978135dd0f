import Basics
import Dispatch
import Foundation

/// A RabbitMQ node of this test process's own, through deploy/broker.sh.
public final class PrivateBroker: Sendable {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    private static let queue = DispatchQueue(label: "private-broker")
    private static let known = Locked<PrivateBroker?>(nil)

    /// `amqp://guest:guest@127.0.0.1:PORT`
    public let url: String
    private let directory: String

    private init(url: String, directory: String) {
        self.url = url
        self.directory = directory
    }

    /// The node of `VERIFY_COURIER_TEST_BROKER_DIR`, or one that ends with this process.
    public static func shared() async throws -> PrivateBroker {
        try await blocking {
            if let broker = known.withLock({ $0 }) { return broker }
            let broker = try make()
            known.withLock { $0 = broker }
            return broker
        }
    }

    /// A fresh virtual host's URL. They are made many at a time: each call of `rabbitmqctl` starts a machine of its own.
    public func makeVirtualHost() async throws -> String {
        let name = try await Self.blocking { [directory] in
            if let name = Self.spare.withLock({ $0.popLast() }) { return name }
            let names = (0..<Self.atOnce).map { _ in "t" + RandomID.hex(bytes: 6) }
            _ = try Self.script(["ctl", directory, "eval", Self.making(names)])
            Self.spare.withLock { $0 = Array(names.dropFirst()) }
            return names[0]
        }
        return "\(url)/\(name)"
    }

    private static let spare = Locked<[String]>([])
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
    public func ctl(_ arguments: [String]) async throws -> String {
        try await Self.blocking { [directory] in try Self.script(["ctl", directory] + arguments) }
    }

    private static func make() throws -> PrivateBroker {
        if let directory = ProcessInfo.processInfo.environment["VERIFY_COURIER_TEST_BROKER_DIR"] {
            let text = try String(contentsOfFile: directory + "/env", encoding: .utf8)
            let line = text.split(separator: "\n").first { $0.hasPrefix("BROKER_URL=") }
            guard let line else { throw Failure(description: "no BROKER_URL in \(directory)/env") }
            return PrivateBroker(url: String(line.dropFirst(11)), directory: directory)
        }
        let directory = NSTemporaryDirectory() + "verify-courier-broker-" + RandomID.hex(bytes: 6)
        try watch(directory)
        let url = try script(["start", directory]).trimmingCharacters(in: .whitespacesAndNewlines)
        return PrivateBroker(url: url, directory: directory)
    }

    /// A shell that outlives this process and stops the node after it, however it ends.
    private static func watch(_ directory: String) throws {
        let loop = "while kill -0 \"$1\" 2>/dev/null; do sleep 1; done; \"$2\" stop \"$3\"; rm -rf \"$3\""
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setsid")
        process.arguments = ["bash", "-c", loop, "watch", "\(getpid())", scriptPath, directory]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    private static var scriptPath: String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return root.deletingLastPathComponent().appendingPathComponent("deploy/broker.sh").path
    }

    private static func script(_ arguments: [String]) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: scriptPath)
        process.arguments = arguments
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "broker.sh \(arguments.first ?? ""): status \(process.terminationStatus)")
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// Waits for processes off the threads that tasks run on.
    private static func blocking<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body() }) }
        }
    }
}
