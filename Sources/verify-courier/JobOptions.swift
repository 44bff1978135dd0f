import App
import ArgumentParser
import Basics
import VerifyClient
import Wire

/// How a job is asked for and its reply shown.
struct ReplyOptions: ParsableArguments {
    @Option(help: "Message id: the same one asks again for the same outcome.")
    var id: String?

    @Option(help: "Seconds that the person waits.")
    var timeout = 30

    @Flag(help: "Print the reply's body as it came.")
    var json = false

    func validate() throws {
        guard (3...120).contains(timeout) else { throw ValidationError("--timeout must be from 3 to 120 seconds") }
    }

    /// Sends the job, prints its reply, and ends with the outcome's exit code.
    func ask(_ kind: JobKind, _ body: JobBody, _ common: CommonOptions, isDryRun: Bool = false) async throws {
        try Self.judge(try await reply(kind, body, common, isDryRun: isDryRun))
    }

    /// Ends with the outcome's exit code.
    static func judge(_ reply: Reply) throws {
        guard reply.outcome.exitCode == 0 else { throw ExitCode(reply.outcome.exitCode) }
    }

    /// The same, without judging the outcome.
    func reply(
        _ kind: JobKind, _ body: JobBody, _ common: CommonOptions, isDryRun: Bool = false
    ) async throws -> Reply {
        let app = try await common.app()
        let (id, patience) = (id ?? RandomID.uuid(), Duration.seconds(timeout))
        let bytes = try await orExit {
            try await app.withClient { client in
                try await client.request(kind, body: body.encoded(), messageID: id, patience: patience)
            }
        }
        let reply = try await orExit { try Reply.decode(bytes) }
        if json {
            try Output.json(String(decoding: bytes, as: UTF8.self))
        } else {
            try Output.lines(ReplyText.lines(of: reply, to: body, isDryRun: isDryRun))
        }
        // Said beside the output, so that a script that reads that hears of it too.
        StandardError.say((reply.warnings ?? []).map { "warning: " + RefusalHint.line(for: $0, in: body) })
        return reply
    }
}

/// What every command takes that sends one login job as a front end would.
struct JobOptions: ParsableArguments {
    @Option(help: "The person, by the site's own id.")
    var user: String

    @Option(help: "\(Application.choices).", completion: Application.completion)
    var application = "web"

    @Option(help: "The sign-in that this belongs to; made new by the front end for each.")
    var login: String?

    @Option(help: "Where the person is: address or device, for limits.")
    var client: String?

    @Option(help: "Language of text or call, for example en-GB.")
    var locale: String?

    @OptionGroup var options: ReplyOptions

    func ask(_ kind: JobKind, _ common: CommonOptions, _ more: [String: String?] = [:]) async throws {
        try await options.ask(kind, body(more), common)
    }

    func body(_ more: [String: String?]) -> JobBody {
        var body = JobBody()
        let own = ["user": user, "application": application, "login": login, "client": client, "locale": locale]
        for (name, value) in own.merging(more, uniquingKeysWith: { $1 }) {
            body[name] = value.map { JSONValue.string($0) }
        }
        return body
    }
}

extension CaseIterable where Self: RawRepresentable<String> {
    /// For a shell.
    static var completion: CompletionKind { .list(allCases.map(\.rawValue)) }

    /// For the help of an option: `sms or call`.
    static var choices: String {
        let words = allCases.map(\.rawValue)
        guard let last = words.last, words.count > 1 else { return words.joined() }
        return "\(words.dropLast().joined(separator: ", ")) or \(last)"
    }
}
