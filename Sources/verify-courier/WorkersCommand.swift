import App
import ArgumentParser
import Basics
import Store
import Wire

struct WorkersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workers", abstract: "The workers of the store: what they do, and what they are to do.",
        subcommands: [List.self, Pause.self, Resume.self, Drain.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists them with what each has in hand in its lanes; exit code 1 when none lives.",
            discussion: """
                Examples: verify-courier workers
                          verify-courier workers list --all --json
                """)

        @OptionGroup var common: CommonOptions

        @Flag(help: "Those too that ended within the last seven days.")
        var all = false

        @Flag(help: "One JSON object per worker.")
        var json = false

        func run() async throws {
            let app = try await common.app()
            let fleet = try await orExit { try await app.fleet() }
            let shown = fleet.workers.filter { all || $0.isAlive }
            if json {
                for worker in shown { try Output.json(fleet.json(of: worker)) }
            } else if !shown.isEmpty {
                try Output.lines(WorkerTable(fleet, shown).lines)
            }
            guard fleet.workers.contains(where: \.isAlive) else {
                StandardError.say(["no worker of this store lives"])
                throw ExitCode(1)
            }
        }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Has workers take no more jobs; what they have in hand is finished.",
            discussion: """
                A pause of all holds for workers that start later too, until it is ended or its time is over.
                Example: verify-courier workers pause all --lane send --until 30m --why 'Twilio is down'
                """)

        @OptionGroup var target: WorkerTarget
        @OptionGroup var lane: LaneOption

        @Option(help: "When it ends by itself: a time (RFC 3339), or so long from now, as 90s, 30m or 2h.")
        var until: String?

        @OptionGroup var order: OrderOptions

        func validate() throws { _ = try end() }

        private func end() throws -> Timestamp? { try until.map { try EndTime.parse($0, now: .now()) } }

        func run() async throws {
            try await order.give(.pause, try target.worker(orAll: true), lane: try lane.name(), until: try end())
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Has workers take jobs again.",
            discussion: "Example: verify-courier workers resume all --why 'Twilio works again'")

        @OptionGroup var target: WorkerTarget
        @OptionGroup var lane: LaneOption
        @OptionGroup var order: OrderOptions

        func run() async throws {
            try await order.give(.resume, try target.worker(orAll: true), lane: try lane.name())
        }
    }

    struct Drain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Has workers finish what they have in hand and end, as SIGTERM does.",
            discussion: """
                Whole workers drain: to stop a lane, pause it. A supervisor may start a new worker at once.
                Example: verify-courier workers drain 12 --why 'a new kernel'
                """)

        @OptionGroup var target: WorkerTarget
        @OptionGroup var order: OrderOptions

        func validate() throws { _ = try target.worker(orAll: false) }

        func run() async throws { try await order.give(.drain, try target.worker(orAll: false), lane: nil) }
    }
}

/// Which worker is meant.
struct WorkerTarget: ParsableArguments {
    @Argument(help: "A worker's number, as 'workers' shows it, or all.")
    var worker: String?

    func validate() throws { _ = try worker(orAll: true) }

    /// - Returns: `nil` for all.
    func worker(orAll: Bool) throws -> Int64? {
        guard let worker else {
            guard orAll else { throw ValidationError("say which: a worker's number, as 'workers' shows it, or all") }
            return nil
        }
        if worker == "all" { return nil }
        guard let number = Int64(worker), number > 0 else {
            throw ValidationError("'\(worker)' is no worker's number, as 'workers' shows it, and not all")
        }
        return number
    }
}

/// Which lane is meant.
struct LaneOption: ParsableArguments {
    @Option(help: "Only this lane: \(LaneName.allCases.map(\.rawValue).joined(separator: ", ")). Default: all.")
    var lane: String?

    func validate() throws { _ = try name() }

    /// - Returns: `nil` for all.
    func name() throws -> LaneName? {
        guard let lane else { return nil }
        guard let name = LaneName(rawValue: lane) else {
            let all = LaneName.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("there is no lane '\(lane)'; there are \(all)")
        }
        return name
    }
}

/// Times that lie ahead, as they are typed.
enum EndTime {
    private static let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    /// Nobody means longer, and nobody remembers it.
    private static let longest: Int64 = 365 * 86_400

    static func parse(_ text: String, now: Timestamp) throws -> Timestamp {
        let length = text.last.flatMap { units[$0] }.flatMap { unit in
            Int64(text.dropLast()).flatMap { (1...longest).contains($0) ? $0 * unit : nil }
        }
        guard let end = length.map({ now + .seconds($0) }) ?? Timestamp(rfc3339: text) else {
            throw ValidationError(
                "--until wants a time, such as 2027-01-31T08:00:00Z, or so long from now, such as 30m; not '\(text)'")
        }
        guard end > now, end <= now + .seconds(longest) else {
            throw ValidationError("--until must lie ahead, within a year; '\(text)' does not")
        }
        return end
    }
}

/// What every command to workers takes.
struct OrderOptions: ParsableArguments {
    @OptionGroup var common: CommonOptions

    @Option(help: "Why, for the audit trail and for whoever looks at the workers.")
    var why: String

    @Option(name: .customLong("operator"), help: "Who does it, for the audit trail. Default: who is logged in here.")
    var administrator: String?

    @Flag(help: "One JSON object per worker that is meant.")
    var json = false

    func validate() throws {
        guard (1...500).contains(why.count), !why.allSatisfy(\.isWhitespace) else {
            throw ValidationError("--why wants a reason of 1 to 500 characters")
        }
    }

    /// Workers look every two seconds.
    private static let patience = Duration.seconds(10)

    func give(_ wish: WorkerWish, _ worker: Int64?, lane: LaneName?, until: Timestamp? = nil) async throws {
        let app = try await common.app()
        let command = WorkerCommand(
            wish, worker: worker, lane: lane, until: until, by: AdminOptions.name(administrator), why: why)
        let meant: [WorkerRecord]
        switch try await orExit({ try await app.order(command) }) {
        case .stands(let workers): meant = workers
        case .noSuchWorker(let living):
            let numbers = living.map { String($0.id) }.joined(separator: ", ")
            StandardError.say([
                "verify-courier: no worker \(worker.map(String.init) ?? "") lives; "
                    + (living.isEmpty ? "none does" : "there are \(numbers)")
            ])
            throw ExitCode(65)
        }
        let left = try await orExit { try await app.disobedient(meant.map(\.id), after: Self.patience) }
        try await tell(app, meant)
        guard left.isEmpty else {
            let numbers = left.map { String($0.id) }.joined(separator: ", ")
            StandardError.say(["it stands, and these have not obeyed yet: \(numbers)"])
            throw ExitCode(75)
        }
    }

    private func tell(_ app: App, _ meant: [WorkerRecord]) async throws {
        guard !meant.isEmpty else {
            StandardError.say(["no worker lives now; a pause or its end holds for those that start"])
            return
        }
        let fleet = try await orExit { try await app.fleet() }
        let shown = fleet.workers.filter { worker in meant.contains { $0.id == worker.id } }
        if json {
            for worker in shown { try Output.json(fleet.json(of: worker)) }
        } else {
            try Output.lines(WorkerTable(fleet, shown).lines)
        }
    }
}

/// Workers as lines for people.
struct WorkerTable {
    let lines: [StyledLine]

    init(_ fleet: Fleet, _ workers: [WorkerRecord]) {
        let columns: [TextTable.Column] =
            [
                .init("ID", number: true), .init("STATE"), .init("STARTED"), .init("HOST"), .init("PID", number: true),
                .init("VERSION"),
            ] + LaneName.allCases.map { .init($0.rawValue.uppercased()) }
        let rows = workers.map { worker in
            [
                String(worker.id), worker.standing, worker.startedAt.roundedDown.description, worker.report?.host,
                worker.report.map { String($0.pid) }, worker.report?.version,
            ] + LaneName.allCases.map { Self.cell(worker, $0) }
        }
        var lines = TextTable(columns, rows).lines
        for worker in workers { lines += Self.notes(fleet, worker).map { StyledLine($0, .doubtful) } }
        self.lines = lines
    }

    /// In hand of slots; or why there is nothing.
    private static func cell(_ worker: WorkerRecord, _ lane: LaneName) -> String {
        guard worker.isAlive, let state = worker.report?.lane(lane) else { return "-" }
        let load = "\(state.inHand)/\(state.slots)"
        if state.isPaused { return "paused \(load)" }
        return state.isConsumed ? load : "not consumed"
    }

    private static func notes(_ fleet: Fleet, _ worker: WorkerRecord) -> [String] {
        let number = String(worker.id)
        if let end = worker.endedAt {
            let last = worker.report.map { ", was \($0.state.rawValue) with \($0.inHand) in hand" } ?? ""
            return ["\(number): \(worker.standing) at \(end)\(worker.end == .killed ? last : "")"]
        }
        var notes = worker.report?.obstacles ?? []
        notes += (worker.report?.circuits ?? []).map { "Twilio fails: no calls for \($0.operation)" }
        var said: [Int64] = []
        for lane in LaneName.allCases {
            guard let order = fleet.pause(of: lane, worker), !said.contains(order.id) else { continue }
            said.append(order.id)
            let until = order.until.map { " until \($0)" } ?? ""
            notes.append("paused (\(order.lane?.rawValue ?? "all lanes")) by \(order.by)\(until): \(order.why)")
        }
        if let order = fleet.orders.drain(of: worker.id) { notes.append("drained by \(order.by): \(order.why)") }
        return notes.map { "\(number): \($0)" }
    }
}
