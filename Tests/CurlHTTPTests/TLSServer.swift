import Foundation
import Glibc
import TestKit

/// A TLS server of OpenSSL's own, which answers every GET with a page about the connection.
final class TLSServer: Sendable {
    let port: Int
    private let process: ChildProcess
    private let log: String
    /// Keeps its standard input open: it would take an end of it for its own.
    private let input: Int32

    /// - Parameters:
    ///   - certificate: a name in ``Certificates``.
    ///   - options: more of `openssl s_server`'s.
    init(_ certificate: String, _ options: String...) async throws {
        let folder = try await Certificates.folder
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        log = path + ".log"
        mkfifo(path, 0o600)
        input = open(path, O_RDWR)
        process = try ChildProcess(
            "openssl",
            [
                "s_server", "-accept", "127.0.0.1:0", "-cert", "\(folder)/\(certificate).pem", "-key",
                "\(folder)/\(certificate)-key.pem",
            ] + options, ChildProcess.Streams(input: path, output: log, errors: log))
        port = try await Self.port(log, process)
        unlink(path)
    }

    deinit {
        close(input)
        unlink(log)
    }

    /// What it has said and, without `-www`, what it has read, of which not all is text.
    var output: String { Self.text(log) }

    private static func text(_ log: String) -> String {
        String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
    }

    /// The port that the system chose; 0 if it has ended.
    private static func port(_ log: String, _ process: ChildProcess) async throws -> Int {
        while process.isRunning {
            let lines = text(log).split(separator: "\n")
            if let line = lines.first(where: { $0.hasPrefix("ACCEPT ") }),
                let port = line.split(separator: ":").last.flatMap({ Int($0) })
            {
                return port
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        return 0
    }
}
