import App
import ArgumentParser
import Basics
import Store
import Wire

struct BrakesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "brakes",
        abstract: "Stops sends for a while, by hand: all, of a channel, to a country or a prefix.",
        discussion: """
            A brake holds for the sends of all workers that begin after it, until its end, and spares numbers that a person has proven to
            be theirs, unless it is set with --everyone. Checks, authenticators and bypass codes are never stopped.
            """,
        subcommands: [List.self, Set.self, Lift.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists those in force; exit code 1 when there is none.",
            discussion: """
                Past ones are in the audit trail.
                Examples: verify-courier brakes
                          verify-courier brakes list --json
                          verify-courier admin audit --kind brakes.set
                """)

        @OptionGroup var common: CommonOptions

        @Flag(help: "One JSON object per brake.")
        var json = false

        func run() async throws {
            let app = try await common.app()
            let brakes = try await orExit { try await app.brakes() }
            let standing = brakes.inForce(at: .now())
            if json {
                for brake in standing { try Output.json(brake.json) }
            } else if !standing.isEmpty {
                try Output.lines(BrakeTable.lines(standing))
            }
            if brakes.isDamaged {
                StandardError.say([
                    "what the store holds of brakes cannot be read: sends to numbers that are not proven are stopped; 'brakes lift all' mends it"
                ])
            }
            if brakes.unknown > 0 {
                StandardError.say(["\(brakes.unknown) more that only a newer version understands"])
            }
            guard !standing.isEmpty else {
                StandardError.say(["no brake is in force"])
                throw ExitCode(1)
            }
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sets one, in the place of an earlier one of the same.",
            discussion: """
                Examples: verify-courier brakes set country GB --until 1h --why 'pumping'
                          verify-courier brakes set prefix +1809 --until 4h --why 'pumping'
                          verify-courier brakes set sends --everyone --until 15m --why 'the bill'
                """)

        @OptionGroup var target: BrakeTarget

        @Option(
            help: "When it ends by itself, within 24 hours: a time (RFC 3339), or so long from now, as 90s, 30m or 2h.")
        var until: String

        @Flag(help: "Proven numbers too: nobody signs in by a code that is stopped.")
        var everyone = false

        @OptionGroup var act: BrakeAct

        func validate() throws {
            _ = try target.stop(orAll: false)
            _ = try end(now: .now())
        }

        private func end(now: Timestamp) throws -> Timestamp {
            let end = try EndTime.parse(until, now: now)
            guard end <= now + Brake.longest else {
                throw ValidationError("--until must lie within 24 hours; set it again if it has to go on")
            }
            return end
        }

        func run() async throws {
            guard let stop = try target.stop(orAll: false) else { return }
            let now = Timestamp.now()
            let brake = Brake(
                stop, everyone: everyone, by: AdminOptions.name(act.administrator), why: act.why, at: now,
                until: try end(now: now))
            let app = try await act.common.app()
            switch try await orExit({ try await app.brake(.set(brake)) }) {
            case .set, .lifted: try act.tell([brake])
            case .full:
                StandardError.say(["verify-courier: there are \(Brake.most) brakes already; lift some"])
                throw ExitCode(65)
            }
        }
    }

    struct Lift: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes one back, or all; exit code 1 when there is none.",
            discussion:
                "Examples: verify-courier brakes lift country GB --why 'over'\n          verify-courier brakes lift all --why 'over'"
        )

        @OptionGroup var target: BrakeTarget
        @OptionGroup var act: BrakeAct

        func validate() throws { _ = try target.stop(orAll: true) }

        func run() async throws {
            let stop = try target.stop(orAll: true)
            let app = try await act.common.app()
            let command = BrakeCommand.lift(stop, by: AdminOptions.name(act.administrator), why: act.why)
            guard case .lifted(let brakes) = try await orExit({ try await app.brake(command) }), !brakes.isEmpty else {
                StandardError.say([stop.map { "no brake on \($0.words) is in force" } ?? "no brake is in force"])
                throw ExitCode(1)
            }
            try act.tell(brakes)
        }
    }
}

/// Which sends are meant.
struct BrakeTarget: ParsableArguments {
    private static let kinds = Brake.Stop.Kind.allCases.map(\.rawValue)

    @Argument(
        help: "What is stopped: \(kinds.joined(separator: ", ")).", completion: .list(kinds))
    var what: String

    @Argument(help: "Which channel (sms, call), country (GB) or prefix (+ and at most seven digits).")
    var value: String?

    /// - Parameter orAll: whether `all` may be meant.
    /// - Returns: `nil` for all.
    func stop(orAll: Bool) throws -> Brake.Stop? {
        if orAll, what == "all", value == nil { return nil }
        guard let kind = Brake.Stop.Kind(rawValue: what) else {
            let words = Self.kinds + (orAll ? ["all"] : [])
            throw ValidationError("there is no brake on '\(what)'; there are \(words.joined(separator: ", "))")
        }
        let word: String? =
            switch kind {
            case .sends, .channel, .prefix: value
            case .country: value?.uppercased()
            }
        guard let stop = Brake.Stop(kind, word), App.knows(stop) else {
            throw ValidationError(Self.wanted(kind, value))
        }
        return stop
    }

    private static func wanted(_ kind: Brake.Stop.Kind, _ value: String?) -> String {
        let given = value.map { "; not '\($0)'" } ?? ""
        return switch kind {
        case .sends: "sends are all of them: leave out what follows"
        case .channel: "say which channel: \(Channel.allCases.map(\.rawValue).joined(separator: " or "))\(given)"
        case .country: "say which country by its two letters, for example GB\(given)"
        case .prefix: "say which prefix: + and one to seven digits, for example +1809\(given)"
        }
    }
}

/// What setting and lifting take.
struct BrakeAct: ParsableArguments {
    @OptionGroup var common: CommonOptions

    @Option(help: "Why, for the audit trail and for whoever looks at the brakes.")
    var why: String

    @Option(name: .customLong("operator"), help: "Who does it, for the audit trail. Default: who is logged in here.")
    var administrator: String?

    @Flag(help: "One JSON object per brake.")
    var json = false

    func validate() throws {
        guard (1...500).contains(why.count), !why.allSatisfy(\.isWhitespace) else {
            throw ValidationError("--why wants a reason of 1 to 500 characters")
        }
    }

    func tell(_ brakes: [Brake]) throws {
        if json {
            for brake in brakes { try Output.json(brake.json) }
        } else {
            try Output.lines(BrakeTable.lines(brakes))
        }
    }
}

/// Brakes as lines for people.
enum BrakeTable {
    static func lines(_ brakes: [Brake]) -> [StyledLine] {
        TextTable(
            [.init("WHAT"), .init("FOR"), .init("UNTIL"), .init("SINCE"), .init("BY"), .init("WHY")],
            brakes.map { brake in
                [
                    brake.stop.words, brake.everyone ? "everyone" : "unproven numbers",
                    brake.until.roundedDown.description, brake.at.roundedDown.description, brake.by, brake.why,
                ]
            }
        ).lines
    }
}
