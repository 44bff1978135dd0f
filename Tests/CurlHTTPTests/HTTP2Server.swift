import Foundation
import Glibc
import TestKit

/// nghttp2's server over TLS, behind a relay with a process for each connection, any of which can fall silent.
final class HTTP2Server: Sendable {
    let port: Int
    private let folder: URL
    private let server: ChildProcess
    private let relay: ChildProcess

    init() async throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("it is there\n".utf8).write(to: folder.appendingPathComponent("page"))
        let hidden = try await Self.start(serving: folder.path)
        server = hidden.server
        let log = folder.appendingPathComponent("relay.log").path
        relay = try ChildProcess(
            "socat", ["-d", "-d", "TCP-LISTEN:0,bind=127.0.0.1,fork", "TCP:127.0.0.1:\(hidden.port)"],
            ChildProcess.Streams(errors: log))
        port = try await relay.port(saidIn: log, after: "listening on ")
    }

    deinit {
        for id in connections { kill(id, SIGKILL) }
        try? FileManager.default.removeItem(at: folder)
    }

    /// The connections that there are take what is sent, and say nothing any more.
    func fallSilent() {
        for id in connections { kill(id, SIGSTOP) }
    }

    func speakAgain() {
        for id in connections { kill(id, SIGCONT) }
    }

    /// The processes that relay one each.
    var connections: [pid_t] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.compactMap { pid_t($0) }.filter { id in
            let facts = (try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)) ?? ""
            // Behind the name in brackets: the state, then the parent.
            let fields = facts.split(separator: ")").last?.split(separator: " ") ?? []
            return fields.count > 1 && fields[1] == "\(relay.id)"
        }
    }

    /// It cannot choose a port by itself and tell which: one that was free a moment ago is tried, then another.
    private static func start(serving folder: String) async throws -> (server: ChildProcess, port: Int) {
        let certificates = try await Certificates.folder
        while true {
            let port = FreePort.find()
            let log = folder + "/server.log"
            let server = try ChildProcess(
                "nghttpd",
                [
                    "-v", "-a", "127.0.0.1", "-d", folder, "\(port)", "\(certificates)/server-key.pem",
                    "\(certificates)/server.pem",
                ], ChildProcess.Streams(output: log, errors: log))
            if try await server.port(saidIn: log, after: "listen ") == port { return (server, port) }
        }
    }
}
