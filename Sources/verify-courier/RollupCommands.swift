import App
import ArgumentParser
import Basics
import Store

/// Of which time.
struct RangeOptions: ParsableArguments {
    @OptionGroup var common: CommonOptions

    @Option(help: "Not before this time (RFC 3339), or so long ago, as 30m, 24h or 7d.")
    var since = "24h"

    @Option(help: "Before this time (RFC 3339), or so long ago. Default: now.")
    var until: String?

    @Flag(help: "One JSON object per line.")
    var json = false

    func validate() throws { _ = try times(now: .now()) }

    func times(now: Timestamp) throws -> (since: Timestamp, until: Timestamp) {
        let (since, until) = (try Self.time(since, now), try until.map { try Self.time($0, now) } ?? now)
        guard since < until else { throw ValidationError("--since must lie before --until") }
        return (since, until)
    }

    private static func time(_ text: String, _ now: Timestamp) throws -> Timestamp {
        if let time = Timestamp(rfc3339: text) { return time }
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()),
            (1...100_000).contains(count)
        else {
            throw ValidationError(
                "'\(text)' is neither a time, such as 2027-01-31T08:00:00Z, nor so long ago, such as 30m, 24h or 7d")
        }
        return now - .seconds(count * unit)
    }
}

/// Which numbers, and how they are put together.
struct RollupOptions: ParsableArguments {
    @OptionGroup var range: RangeOptions

    @Option(help: "How long a line's time is: hour, day, or all.")
    var per = RollupSpan.all

    var json: Bool { range.json }

    /// The labels that a comma-separated list names, out of those that there are.
    static func labels(_ text: String, of series: RollupSeries) throws -> [RollupSeries.Label] {
        let known = series.labels.filter { $0 != .bucket && $0 != .event }
        return try text.split(separator: ",").map(String.init).map { name in
            guard let label = RollupSeries.Label(rawValue: name), known.contains(label) else {
                let all = known.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--by wants of these: \(all); not '\(name)'")
            }
            return label
        }
    }

    /// Reads the numbers, and says how far they reach.
    func page(_ series: [RollupSeries], now: Timestamp) async throws -> RollupPage {
        let (app, times) = (try await range.common.app(), try range.times(now: now))
        let page = try await orExit { try await app.rollups(series, since: times.since, until: times.until) }
        if let end = page.endsAt {
            StandardError.say(["more than can be told at once: only what came after \(end); shorten the time"])
        }
        if let first = page.countedSince, first > times.since, !json {
            StandardError.say(["counted since \(first.roundedDown)"])
        }
        return page
    }

    /// One group's line of JSON: its time and labels, then what `figures` adds.
    func line(
        _ group: RollupGroup, _ labels: [RollupSeries.Label], _ figures: (inout CanonicalJSON) -> Void
    ) -> String {
        let names = Dictionary(
            zip(labels.map(\.rawValue), group.values).filter { !$0.1.isEmpty }, uniquingKeysWith: { first, _ in first })
        return String(
            decoding: CanonicalJSON.object { json in
                json.member("figures", object: ()) { json, _ in figures(&json) }
                json.member("labels", object: names) { json, names in
                    for (name, value) in names.sorted(by: { $0.key < $1.key }) { json.member(name, value) }
                }
                json.member("start", group.start?.description)
            }, as: UTF8.self)
    }

    /// The first cells of a group's line for people.
    func cells(_ group: RollupGroup) -> [String] {
        (group.start.map { [$0.roundedDown.description] } ?? []) + group.values.map { $0.isEmpty ? "-" : $0 }
    }

    func heads(_ labels: [RollupSeries.Label]) -> [String] {
        (per == .all ? [] : ["START"]) + labels.map { $0.rawValue.uppercased() }
    }

    /// Prints the table; exit code 1 when there is nothing in it.
    func print(_ heads: [String], _ rows: [[String]]) throws {
        guard !rows.isEmpty else {
            StandardError.say(["nothing was counted in that time"])
            throw ExitCode(1)
        }
        let columns = heads.indices.map { index in
            TextTable.Column(
                heads[index], number: rows.allSatisfy { Self.isNumber($0[index]) }, optional: heads[index].isEmpty)
        }
        try Output.lines(TextTable(columns, rows.map { $0.map(Optional.some) }).lines)
    }

    /// A count, a share or how long something took, or that there is none; no moment.
    private static func isNumber(_ cell: String) -> Bool {
        guard !cell.contains(":") else { return false }
        return cell == TextTable.none || (cell.first { $0 != "<" && $0 != ">" && $0 != "=" }?.isNumber ?? false)
    }
}

/// How long the time of one line is.
enum RollupSpan: String, ExpressibleByArgument, CaseIterable {
    case hour, day, all

    var duration: Duration? {
        switch self {
        case .hour: .seconds(3600)
        case .day: .seconds(86_400)
        case .all: nil
        }
    }
}

extension TimeBuckets.Bound {
    /// For people: the bucket that it is in.
    var text: String {
        switch self {
        case .below(let milliseconds): "<\(Self.length(milliseconds))"
        case .atLeast(let milliseconds): ">=\(Self.length(milliseconds))"
        }
    }

    private static func length(_ milliseconds: Int) -> String {
        milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
    }
}

extension TimeBuckets {
    /// One count more than there are bounds.
    fileprivate func write(to json: inout CanonicalJSON) {
        json.member("below_ms", list: bounds) { $0.number($1) }
        json.member("counts", list: counts) { $0.number($1) }
    }
}

/// A share in hundredths; a dash where there is nothing to take one of.
private func percent(_ share: Double?) -> String {
    share.map { "\(Int(($0 * 100).rounded())) %" } ?? "-"
}

struct TrafficCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "traffic", abstract: "How many jobs came to which outcome, by hour, country, front end and more.",
        discussion: """
            Counted with each outcome, so the numbers equal the records. 'options' and 'outcome' only read and are not recorded. By hour
            for eight days, by day for ever.
            Examples: verify-courier traffic --since 24h
                      verify-courier traffic --since 7d --by country,outcome --per day --json
            """)

    @OptionGroup var options: RollupOptions

    @Option(help: "What lines are told apart by: front_end, application, job, channel, country, outcome, reason.")
    var by = "job,outcome"

    func validate() throws { _ = try RollupOptions.labels(by, of: .trafficByHour) }

    func run() async throws {
        let labels = try RollupOptions.labels(by, of: .trafficByHour)
        let page = try await options.page([.trafficByHour, .trafficByDay], now: .now())
        let groups = RollupGroup.of(page.rows, by: labels, span: options.per.duration)
        guard !options.json else {
            for group in groups {
                try Output.json(options.line(group, labels) { $0.member("count", group.count) })
            }
            return
        }
        try options.print(
            options.heads(labels) + ["COUNT"], groups.map { options.cells($0) + [String($0.count)] })
    }
}

struct ConversionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conversion", abstract: "What became of the codes that were sent: entered, approved, unused.",
        discussion: """
            Each code counts once, in the hour in which it was first sent, whatever becomes of it later: codes that nobody enters make the
            share of approved ones fall. A line whose latest codes are still alive has 'open'.
            Examples: verify-courier conversion --since 24h --by channel,country
                      verify-courier conversion --since 7d --by country --per day --json
            """)

    @OptionGroup var options: RollupOptions

    @Option(help: "What lines are told apart by: purpose, application, channel, country.")
    var by = "channel,country"

    func validate() throws { _ = try RollupOptions.labels(by, of: .codesByHour) }

    func run() async throws {
        let labels = try RollupOptions.labels(by, of: .codesByHour)
        let now = Timestamp.now()
        let page = try await options.page([.codesByHour, .codesByDay], now: now)
        let alive = now - (try await options.range.common.app().codeLife())
        let lines = RollupGroup.of(page.rows, by: labels, span: options.per.duration).map { group in
            Line(group: group, figures: ConversionFigures(group.rows), isOpen: Self.isOpen(group, since: alive))
        }
        guard !options.json else {
            for line in lines { try Output.json(options.line(line.group, labels, line.write)) }
            return
        }
        let heads = ["CODES", "RESENDS", "ENTERED", "APPROVED", "SHARE", "CANCELED", "USED_UP", "UNUSED", "MEDIAN", ""]
        try options.print(options.heads(labels) + heads, lines.map { options.cells($0.group) + $0.cells })
    }

    private struct Line {
        var group: RollupGroup
        var figures: ConversionFigures
        var isOpen: Bool

        func write(to json: inout CanonicalJSON) {
            json.member("approved", figures.approved)
            json.member("canceled", figures.canceled)
            json.member("codes", figures.codes)
            json.member("entered", figures.entered)
            json.member("open", isOpen)
            json.member("resends", figures.resends)
            json.member("times", object: figures.times) { $1.write(to: &$0) }
            json.member("unused", figures.unused)
            json.member("used_up", figures.usedUp)
            json.member("wrong", figures.wrong)
        }

        var cells: [String] {
            [figures.codes, figures.resends, figures.entered, figures.approved].map(String.init)
                + [percent(figures.approvedShare)]
                + [figures.canceled, figures.usedUp, figures.unused].map(String.init)
                + [figures.times.bound(of: 0.5)?.text ?? "-", isOpen ? "open" : ""]
        }
    }

    /// Whether some of its codes may still be entered.
    private static func isOpen(_ group: RollupGroup, since alive: Timestamp) -> Bool {
        group.rows.contains { $0.start + $0.series.span > alive }
    }
}

struct TwilioCallsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calls",
        abstract: "How requests to Twilio went that were made for jobs: results, error codes, times.",
        discussion: """
            Counted with the outcome of the job that each was made for. By minute for 26 hours, by hour for 40 days.
            Examples: verify-courier twilio calls --since 1h
                      verify-courier twilio calls --since 24h --by operation,result,code --json
            """)

    @OptionGroup var options: RollupOptions

    @Option(help: "What lines are told apart by: operation, result, code.")
    var by = "operation"

    func validate() throws { _ = try RollupOptions.labels(by, of: .callsByMinute) }

    func run() async throws {
        let labels = try RollupOptions.labels(by, of: .callsByMinute)
        let page = try await options.page([.callsByMinute, .callsByHour], now: .now())
        let lines = RollupGroup.of(page.rows, by: labels, span: options.per.duration).map {
            (group: $0, figures: CallFigures($0.rows), advice: Self.advice($0, labels))
        }
        guard !options.json else {
            for line in lines {
                try Output.json(
                    options.line(line.group, labels) { json in
                        json.member("advice", line.advice)
                        json.member("count", line.figures.count)
                        json.member("succeeded", line.figures.succeeded)
                        json.member("times", object: line.figures.times) { $1.write(to: &$0) }
                    })
            }
            return
        }
        let heads = ["CALLS", "SUCCEEDED", "MEDIAN", "P95", lines.contains { $0.advice != nil } ? "ADVICE" : ""]
        try options.print(
            options.heads(labels) + heads,
            lines.map { line in
                let (figures, times) = (line.figures, line.figures.times)
                let share = figures.count > 0 ? Double(figures.succeeded) / Double(figures.count) : nil
                return options.cells(line.group) + [
                    String(figures.count), percent(share), times.bound(of: 0.5)?.text ?? "-",
                    times.bound(of: 0.95)?.text ?? "-", line.advice ?? "",
                ]
            })
    }

    /// What the catalogue says of a line's error code, where lines go by it.
    private static func advice(_ group: RollupGroup, _ labels: [RollupSeries.Label]) -> String? {
        guard let index = labels.firstIndex(of: .code), let code = Int(group.values[index]) else { return nil }
        return App.advice(onTwilioCode: code)
    }
}
