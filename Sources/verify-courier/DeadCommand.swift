import App
import ArgumentParser
import Basics
import Store
import Wire

/// Which dead letters a command is about.
struct LetterOptions: ParsableArguments {
    @Argument(help: "Numbers of letters, as 'dead list' shows them.")
    var ids: [Int64] = []

    @Option(help: "Only of this reason.", completion: DeadLetterReason.completion)
    var reason: String?

    @Option(help: "Only in this state: \(DeadLetterState.choices).", completion: DeadLetterState.completion)
    var state: String?

    @Option(help: "Only of this routing key.", completion: JobKind.completion)
    var key: String?

    @Option(help: "Only of this front end.")
    var frontEnd: String?

    @Option(help: "At most so many, the oldest first. Default: all that fit.")
    var limit: Int?

    @OptionGroup var common: CommonOptions
    @OptionGroup var admin: AdminOptions

    func ask(_ kind: JobKind, _ more: [String: JSONValue?] = [:]) async throws {
        var fields = selection.merging(more) { $1 }
        fields["limit"] = limit.map { .number(String($0)) }
        try await admin.ask(kind, fields, common)
    }

    /// A list, page by page.
    func list(_ kind: JobKind) async throws {
        try await admin.askPages(kind, selection, limit: limit, common)
    }

    private var selection: [String: JSONValue?] {
        var filter: [String: JSONValue] = [:]
        for (name, value) in [("reason", reason), ("state", state), ("key", key), ("front_end", frontEnd)] {
            filter[name] = value.map { .string($0) }
        }
        return [
            "filter": filter.isEmpty ? nil : .object(filter),
            "ids": ids.isEmpty ? nil : .array(ids.map { .number(String($0)) }),
        ]
    }

    /// How many of a state fit, as the store has them now.
    func count(_ usual: String) async throws -> Int {
        let state = state ?? usual
        let reply = try await admin.read(.adminDeadList, selection.merging(["limit": 1]) { $1 }, common)
        let fitting = reply.counts?[state] ?? 0
        return limit.map { min($0, fitting) } ?? fitting
    }

    /// Those that are named by their numbers are meant; of a selection it is said how many they are.
    ///
    /// - Returns: whether to go on.
    func isMeant(_ act: String, _ change: ChangeOptions) async throws -> Bool {
        guard ids.isEmpty || change.dryRun else { return true }
        let count = ids.isEmpty ? try await count("waiting") : ids.count
        let what = Confirmation.count(count, "letter fits", "letters fit")
        if change.dryRun {
            if admin.options.json { try Output.json(JSONLine.of(["selected": count])) } else { try Output.line(what) }
            return false
        }
        if count > 0 { try change.confirmation.require(what, "\(act) \(count == 1 ? "it" : "them")") }
        return true
    }

    /// What changes letters says which.
    func requireSelection() throws {
        guard !ids.isEmpty || reason != nil || key != nil || frontEnd != nil else {
            throw ValidationError("say which: numbers, or --reason, --key or --front-end")
        }
    }
}

/// What every command takes that changes many things at once.
struct ChangeOptions: ParsableArguments {
    @Flag(help: "Only say how many fit; change nothing.")
    var dryRun = false

    @OptionGroup var confirmation: Confirmation
}

struct DeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead", abstract: "Messages that could not be treated as jobs, kept in the store.",
        subcommands: [List.self, Groups.self, Show.self, Replay.self, Discard.self, Restore.self])

    struct Groups: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Counts letters that are alike: by state, reason, front end and routing key, the latest first.",
            discussion: """
                Read from the store, without a job.
                Example: verify-courier dead groups --json
                """)

        @OptionGroup var common: CommonOptions

        @Flag(help: "One JSON object per group.")
        var json = false

        func run() async throws {
            let app = try await common.app()
            let groups = try await orExit { try await app.letterGroups() }
            guard !groups.isEmpty else {
                StandardError.say(["there are no dead letters"])
                throw ExitCode(1)
            }
            guard !json else {
                for group in groups { try Output.json(group.json) }
                return
            }
            try Output.lines(LetterGroup.table(groups))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists and counts them.", discussion: "Example: verify-courier dead list --state waiting")

        @OptionGroup var letters: LetterOptions

        func run() async throws { try await letters.list(.adminDeadList) }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows them with their bodies, digits blanked. A look changes nothing.",
            discussion: "Example: verify-courier dead show 17 18")

        @OptionGroup var letters: LetterOptions

        func validate() throws { try letters.requireSelection() }
        func run() async throws { try await letters.list(.adminDeadShow) }
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Puts them through again, so many per second.",
            discussion: """
                The workers do it; 'dead list --state replaying' shows what is left.
                Example: verify-courier dead replay --reason broker --late --rate 20 --limit 100 --yes
                """)

        @OptionGroup var letters: LetterOptions
        @OptionGroup var change: ChangeOptions

        @Option(help: "Letters per second, 1 to 1000.")
        var rate = 10

        @Flag(help: "Also those whose person has stopped waiting.")
        var late = false

        func validate() throws { try letters.requireSelection() }
        func run() async throws {
            guard try await letters.isMeant("replay", change) else { return }
            try await letters.ask(.adminDeadReplay, ["rate": .number(String(rate)), "late": .bool(late)])
        }
    }

    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Puts them away; 'dead restore' fetches them back until they are purged.",
            discussion: "Example: verify-courier dead discard --reason malformed --why 'an old test client' --yes")

        @OptionGroup var letters: LetterOptions
        @OptionGroup var change: ChangeOptions

        @Option(name: .customLong("why"), help: "For the audit trail.")
        var why: String?

        func validate() throws { try letters.requireSelection() }
        func run() async throws {
            guard try await letters.isMeant("discard", change) else { return }
            try await letters.ask(.adminDeadDiscard, ["reason": why.map { .string($0) }])
        }
    }

    struct Restore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Fetches discarded ones back, stops waiting replays.",
            discussion: "Example: verify-courier dead restore 17")

        @OptionGroup var letters: LetterOptions

        func validate() throws { try letters.requireSelection() }
        func run() async throws { try await letters.ask(.adminDeadRestore) }
    }
}

extension LetterGroup {
    fileprivate var json: String {
        String(
            decoding: CanonicalJSON.object { json in
                json.member("count", count)
                json.member("first", first.description)
                json.member("front_end", frontEnd)
                json.member("key", key)
                json.member("last", last.description)
                json.member("reason", reason)
                json.member("state", state)
            }, as: UTF8.self)
    }

    fileprivate static func table(_ groups: [LetterGroup]) -> [StyledLine] {
        TextTable(
            [
                .init("COUNT", number: true), .init("STATE"), .init("REASON"), .init("FRONT END"), .init("KEY"),
                .init("FIRST"), .init("LAST"),
            ],
            groups.map { group in
                [
                    String(group.count), group.state, group.reason, group.frontEnd, group.key,
                    group.first.roundedDown.description, group.last.roundedDown.description,
                ]
            }
        ).lines
    }
}
