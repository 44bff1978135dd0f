import App
import ArgumentParser
import Basics
import Store
import Wire

struct OutcomesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outcomes", abstract: "Recorded outcomes, read from the store.",
        subcommands: [Find.self, Show.self])

    struct Find: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Finds outcomes by exact fields.",
            discussion: """
                A person, a number and a SID are found at once. The rest is looked for among the latest 20,000 of what those leave; if there is
                more, it says where to go on (--after).
                Examples: verify-courier outcomes find --user anna --limit 20
                          verify-courier outcomes find --country GB --channel sms --outcome blocked --since 2027-01-31T08:00:00Z
                """)

        @OptionGroup var common: CommonOptions

        @OptionGroup var fields: OutcomeFields

        @OptionGroup var times: TimeOptions

        @Option(help: "Go on behind this place, as an earlier answer names it.")
        var after: String?

        func run() async throws {
            var query = try fields.query()
            query.limit = times.limit
            (query.since, query.until) = (times.time(times.since), times.time(times.until))
            if let after {
                guard let place = HistoryPlace(after) else {
                    throw ValidationError("--after wants a place as an earlier answer names it, not '\(after)'")
                }
                query.after = place
            }
            let (app, wanted) = (try await common.app(), query)
            let page = try await orExit { try await app.outcomes(wanted) }
            if times.json {
                for entry in page.entries { try Output.json(entry.json) }
            } else if !page.entries.isEmpty {
                try Output.lines(OutcomeTable.lines(page.entries))
            }
            if let next = page.next, page.entries.count < times.limit {
                StandardError.say(["looked back to \(next.at); go on with --after \(next)"])
            } else if let next = page.next {
                StandardError.say(["there may be more: go on with --after \(next)"])
            } else if page.entries.isEmpty {
                StandardError.say(["no outcome fits"])
            }
            guard !page.entries.isEmpty else { throw ExitCode(1) }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Shows what became of one job: its steps with their times, what to tell a caller, then its outcome.",
            discussion: """
                A step 'called' is a request to Twilio, with Twilio's error code and what to do about it, and the names by which Twilio's
                support finds it. Steps are kept for 49 hours.
                Example: verify-courier outcomes show 8c1f0d6e-7a55-4c8e-9d3c-0b7c6f1a2e34
                """)

        @OptionGroup var common: CommonOptions

        @Argument(help: "The job's message id.")
        var job: String

        @Flag(help: "One JSON object per line.")
        var json = false

        func run() async throws {
            let (app, id) = (try await common.app(), job)
            let course = try await orExit { try await app.course(of: id) }
            guard !course.timelines.isEmpty else {
                StandardError.say(["no outcome fits"])
                throw ExitCode(1)
            }
            if json {
                for line in CourseText(course).json { try Output.json(line) }
            } else {
                try Output.lines(CourseText(course).lines)
            }
        }
    }
}

/// Exact fields of an outcome.
struct OutcomeFields: ParsableArguments {
    @Option(help: "Only of this person.")
    var user: String?

    @Option(help: "Only to this number, with + and country code, looked up by its hash; '-' is standard input.")
    var number: String?

    @Option(help: "Only about this code or authenticator, by Twilio's name for it: VE… or YF….")
    var sid: String?

    @Option(help: "Only of this sign-in, by the front end's name for it.")
    var login: String?

    @Option(help: "Only of this front end, by its broker user.")
    var frontEnd: String?

    @Option(help: "Only at this application: web or windows.")
    var application: String?

    @Option(help: "Only this job, for example register.phone.", completion: JobKind.completion)
    var job: String?

    @Option(help: "Only this outcome, for example denied.", completion: Outcome.completion)
    var outcome: String?

    @Option(help: "Only this reason, for example fraud_guard.")
    var reason: String?

    @Option(help: "Only by this method: sms, call or authenticator.")
    var channel: String?

    @Option(help: "Only codes for numbers of this country, for example GB.")
    var country: String?

    @Option(help: "Only what Twilio refused with this error code, for example 60410.")
    var code: Int?

    func query() throws -> HistoryQuery {
        var query = HistoryQuery()
        (query.user, query.sid, query.login, query.frontEnd) = (user, sid, login, frontEnd)
        (query.country, query.providerCode) = (country?.uppercased(), code)
        if let number = try StandardInput.value(number, "number") {
            guard let known = E164(number) else { throw ValidationError("the number must be + and its digits") }
            query.number = known
        }
        query.application = try Self.known(application, "application", Application.allCases)
        query.kind = try Self.known(job, "job", JobKind.allCases)
        query.outcome = try Self.known(outcome, "outcome", Outcome.allCases)
        query.reason = try Self.known(reason, "reason", Reason.allCases)
        query.channel = try Self.known(channel, "channel", Wire.Method.allCases)
        return query
    }

    private static func known<Value: RawRepresentable<String>>(
        _ text: String?, _ name: String, _ all: [Value]
    ) throws -> Value? {
        guard let text else { return nil }
        guard let value = Value(rawValue: text) else {
            let words = all.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("there is no \(name) '\(text)'; there are \(words)")
        }
        return value
    }
}
