import App
import ArgumentParser
import Foundation
import Wire

/// What every command takes that sends one job as a front end would.
struct JobOptions: ParsableArguments {
    @Option(help: "The person, by the site's own id.")
    var user: String

    @Option(help: "web or windows.")
    var application = "web"

    @Option(help: "The sign-in that this belongs to; made new by the front end for each.")
    var login: String?

    @Option(help: "Message id: the same one asks again for the same outcome.")
    var id: String?

    @Option(help: "Seconds that the person waits.")
    var timeout = 30

    @Flag(help: "Print the reply's body as it came.")
    var json = false

    /// Sends the job, prints its reply, and ends with the outcome's exit code.
    func ask(_ kind: JobKind, _ common: CommonOptions, _ more: [String: String?] = [:]) async throws {
        let app = try await common.app()
        var fields = ["user": user, "application": application]
        fields["login"] = login
        for (name, value) in more { fields[name] = value }
        let body = fields
        let bytes = try await orExit {
            try await app.ask(kind, body, id: id, patience: .seconds(max(1, min(timeout, 120))))
        }
        let reply = try await orExit { try Reply.decode(bytes) }
        if json {
            FileHandle.standardOutput.write(Data(bytes + [0x0A]))
        } else {
            print(ReplyText.of(reply))
        }
        guard reply.outcome.exitCode == 0 else { throw ExitCode(reply.outcome.exitCode) }
    }
}

/// A reply for people.
enum ReplyText {
    static func of(_ reply: Reply) -> String {
        var lines = [([reply.outcome.rawValue, reply.reason?.rawValue].compactMap(\.self)).joined(separator: " / ")]
        lines.append("  \(reply.message)")
        let details: [(String, String?)] = [
            ("to", reply.to), ("expires", reply.expiresAt), ("again at", reply.retryAt),
            ("sends left", reply.sendsLeft.map(String.init)), ("checks left", reply.checksLeft.map(String.init)),
            ("limit", reply.limit?.rawValue), ("registered", reply.registered?.rawValue),
            ("decision", reply.decision), ("because", reply.because?.joined(separator: ", ")),
            (
                "methods",
                reply.methods?.map { $0.usable ? $0.method.rawValue : "(\($0.method.rawValue))" }.joined(
                    separator: ", ")
            ),
            ("may register", reply.register?.map(\.rawValue).joined(separator: ", ")),
            ("wrong", reply.errors?.map { "\($0.field): \($0.reason)" }.joined(separator: ", ")),
        ]
        for (name, value) in details {
            if let value, !value.isEmpty { lines.append("  \(name): \(value)") }
        }
        return lines.joined(separator: "\n")
    }
}
