import App
import ArgumentParser
import Basics
import Store
import VerifyClient
import Wire

/// Since and until when.
struct TimeOptions: ParsableArguments {
    @Option(help: "Not before this time (RFC 3339).")
    var since: String?

    @Option(help: "Before this time (RFC 3339).")
    var until: String?

    @Option(help: "At most so many, the newest first.")
    var limit = 100

    @Flag(help: "One JSON object per line.")
    var json = false

    func validate() throws {
        for text in [since, until].compactMap(\.self) where Timestamp(rfc3339: text) == nil {
            throw ValidationError("'\(text)' is no RFC 3339 time, such as 2027-01-31T08:00:00Z")
        }
    }

    func time(_ text: String?) -> Timestamp? { text.flatMap { Timestamp(rfc3339: $0) } }
}

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "The audit trail, read from the store, or by a job where that is out of reach.",
        discussion: """
            Examples: verify-courier admin audit --user anna --since 2027-01-01T00:00:00Z
                      verify-courier admin audit --remote --user anna
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: "Only what concerned this person.")
    var user: String?

    @Option(name: .customLong("operator"), help: "Only what this administrator did.")
    var administrator: String?

    @Option(
        help: "Only this job or act, for example admin.user.reset or workers.pause.", completion: JobKind.completion)
    var kind: String?

    @Flag(help: "Ask the workers (admin.audit.list) instead of reading the store's file.")
    var remote = false

    @OptionGroup var times: TimeOptions

    func validate() throws {
        if remote, kind != nil { throw ValidationError("--kind needs the store's file: leave out --remote") }
    }

    /// Page by page, as an administrator without the store's file.
    ///
    /// - Parameter told: gets each page; a refusal further on does not take it back.
    private func ask(_ told: ([TrailLine]) throws -> Void) async throws {
        var fields: [String: JSONValue?] = [
            "user": user.map { .string($0) }, "by": administrator.map { .string($0) },
            "since": times.since.map { .string($0) }, "until": times.until.map { .string($0) },
        ]
        var left = times.limit
        while left > 0 {
            fields["limit"] = .number(String(min(left, 500)))
            var body = JobBody()
            for (name, value) in fields { body[name] = value }
            body["operator"] = .string(AdminOptions.name(nil))
            let (app, job) = (try await common.app(), body)
            let reply = try await orExit {
                try await app.withClient { try await $0.ask(.adminAuditList, job) }
            }
            let entries = reply.entries ?? []
            try told(entries.map(TrailLine.init))
            guard reply.outcome == .done else {
                StandardError.say(ReplyText.lines(of: reply, to: body).map(\.text))
                throw ExitCode(reply.outcome.exitCode)
            }
            left -= entries.count
            guard let next = reply.next else { return }
            fields["after"] = .string(next)
        }
    }

    private func print(_ entries: [TrailLine]) throws {
        if times.json {
            for entry in entries { try Output.json(entry.json) }
        } else if !entries.isEmpty {
            try Output.lines(TrailTable.lines(entries))
        }
    }

    func run() async throws {
        if remote { return try await ask(print) }
        var query = AuditQuery()
        (query.user, query.administrator, query.limit) = (user, administrator, times.limit)
        (query.since, query.until) = (times.time(times.since), times.time(times.until))
        if let kind {
            guard let known = AuditKind(rawValue: kind) else {
                let acts = OperatorAct.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("there is no job '\(kind)', and of acts that are no job there are \(acts)")
            }
            query.kind = known
        }
        let wanted = query
        let app = try await common.app()
        try print(try await orExit { try await app.audit(wanted) }.map(TrailLine.init))
    }
}
