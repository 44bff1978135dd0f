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
        port = try await process.port(saidIn: log, after: "ACCEPT ")
        unlink(path)
    }

    deinit {
        close(input)
        unlink(log)
    }

    /// What it has said and, without `-www`, what it has read, of which not all is text.
    var output: String { ChildProcess.text(of: log) }
}
