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

struct OutcomesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outcomes", abstract: "Recorded outcomes, read from the store.",
        subcommands: [Find.self, Show.self])

    struct Find: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Finds outcomes by exact fields.",
            discussion: "Example: verify-courier outcomes find --user anna --limit 20")

        @OptionGroup var common: CommonOptions

        @Option(help: "Only of this person.")
        var user: String?

        @Option(help: "Only to this number, with + and country code, looked up by its hash; '-' is standard input.")
        var number: String?

        @Option(help: "Only this outcome, for example denied.", completion: Outcome.completion)
        var outcome: String?

        @OptionGroup var times: TimeOptions

        func run() async throws {
            var query = HistoryQuery()
            (query.user, query.limit) = (user, times.limit)
            (query.since, query.until) = (times.time(times.since), times.time(times.until))
            if let number = try StandardInput.value(number, "number") {
                guard let known = E164(number) else { throw ValidationError("the number must be + and its digits") }
                query.number = known
            }
            if let outcome {
                guard let known = Outcome(rawValue: outcome) else {
                    let all = Outcome.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ValidationError("there is no outcome '\(outcome)'; there are \(all)")
                }
                query.outcome = known
            }
            let (app, wanted) = (try await common.app(), query)
            let entries = try await orExit { try await app.outcomes(wanted) }
            guard !entries.isEmpty else {
                StandardError.say(["no outcome fits"])
                throw ExitCode(1)
            }
            if times.json {
                for entry in entries { try Output.json(RecordLine.json(entry)) }
            } else {
                try Output.lines(OutcomeTable.lines(entries))
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows what became of one job: its steps with their times, then its outcome.",
            discussion: "Example: verify-courier outcomes show 8c1f0d6e-7a55-4c8e-9d3c-0b7c6f1a2e34")

        @OptionGroup var common: CommonOptions

        @Argument(help: "The job's message id.")
        var job: String

        @Flag(help: "One JSON object per line.")
        var json = false

        func run() async throws {
            let app = try await common.app()
            let id = job
            let timelines = try await orExit { try await app.timelines(of: id) }
            for timeline in timelines {
                try timeline.print(json: json)
            }
            var query = HistoryQuery()
            query.messageID = job
            // A job that is under way has no outcome yet.
            try await RecordLine.print(query, common, json: json, mayBeNone: !timelines.isEmpty)
        }
    }
}

extension JobTimeline {
    /// A line for each step, and one for what it waits for.
    fileprivate func print(json: Bool) throws {
        let who: [(String, String?)] = [
            ("job", kind.rawValue), ("user", user), ("front_end", key.frontEnd), ("message_id", key.messageID),
        ]
        for event in events {
            try RecordLine.print(
                [("at", event.at.description), ("event", event.name), ("detail", event.detail)] + (json ? who : []),
                json: json)
        }
        if let waitsFor { try RecordLine.print([("event", "waits for"), ("detail", waitsFor)], json: json) }
    }
}

/// One record as a line.
enum RecordLine {
    /// What goes before values that could be taken for others, since absent ones leave no gap.
    private static let labels = [
        "operator": "by", "front_end": "through", "user": "of", "formerly": "formerly", "begun_at": "begun",
        "application": "at", "message_id": "id",
    ]

    private static func shown(_ name: String, _ value: String) -> String {
        if name == "detail", value == "{}" { return "-" }
        return labels[name].map { "\($0) \(value)" } ?? value
    }

    static func print(_ fields: [(String, String?)], json: Bool) throws {
        let present = fields.compactMap { name, value in value.map { (name, $0) } }.filter { !$0.1.isEmpty }
        guard json else { return try Output.line(present.map { shown($0.0, $0.1) }.joined(separator: "  ")) }
        try Output.json(JSONLine.of(Dictionary(present, uniquingKeysWith: { first, _ in first })))
    }

    /// Prints outcomes; exit code 1 when there are none.
    static func print(
        _ query: HistoryQuery, _ common: CommonOptions, json: Bool, mayBeNone: Bool = false
    ) async throws {
        let app = try await common.app()
        let entries = try await orExit { try await app.outcomes(query) }
        guard !entries.isEmpty || mayBeNone else {
            StandardError.say(["no outcome fits"])
            throw ExitCode(1)
        }
        for entry in entries {
            if json {
                try Output.json(Self.json(entry))
                continue
            }
            let fields: [(String, String?)] = [
                ("at", entry.at.description), ("begun_at", entry.begunAt.description), ("job", entry.kind.rawValue),
                ("user", entry.user), ("application", entry.application.rawValue), ("to", entry.masked),
                ("outcome", entry.outcome.rawValue), ("reason", entry.reason?.rawValue),
                ("provider_code", entry.providerCode.map { "Twilio \($0)" }),
                ("front_end", entry.frontEnd), ("message_id", entry.messageID),
            ]
            try print(fields, json: false)
        }
    }

    /// An outcome as one object; absent fields are left out.
    static func json(_ entry: HistoryEntry) -> String {
        let texts: [String: String?] = [
            "at": entry.at.description, "begun_at": entry.begunAt.description, "job": entry.kind.rawValue,
            "user": entry.user, "application": entry.application.rawValue, "to": entry.masked,
            "outcome": entry.outcome.rawValue, "reason": entry.reason?.rawValue, "front_end": entry.frontEnd,
            "message_id": entry.messageID,
        ]
        var fields = texts.compactMapValues { $0 }.filter { !$0.value.isEmpty }.mapValues { JSONValue.string($0) }
        fields["provider_code"] = entry.providerCode.map { .number(String($0)) }
        return String(decoding: JSONValue.object(fields).encoded(), as: UTF8.self)
    }
}
