import App
import ArgumentParser
import Basics
import Store

struct QueuesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queues", abstract: "How full the queues were, hour by hour.",
        discussion: """
            From what a worker saw of them once a minute; kept for 40 days. 'health' tells how they stand now.
            Example: verify-courier queues --since 7d --json
            """)

    @OptionGroup var range: RangeOptions

    @Option(help: "Only this queue, for example verify.send.")
    var queue: String?

    func run() async throws {
        let (app, times) = (try await range.common.app(), try range.times(now: .now()))
        let hours = try await orExit { try await app.queueHours(since: times.since, until: times.until) }
            .filter { hour in queue.map { $0 == hour.queue } ?? true }
        guard !hours.isEmpty else {
            StandardError.say(["nothing was seen of the queues in that time"])
            throw ExitCode(1)
        }
        guard !range.json else {
            for hour in hours { try Output.json(hour.json) }
            return
        }
        try Output.lines(QueueHour.table(hours))
    }
}

extension QueueHour {
    fileprivate var json: String {
        String(
            decoding: CanonicalJSON.object { json in
                json.member("consumers_least", fewestConsumers)
                json.member("in_hand_most", mostInHand)
                json.member("queue", queue)
                json.member("ready_last", ready?.last)
                json.member("ready_least", ready?.least)
                json.member("ready_most", ready?.most)
                json.member("samples", samples)
                json.member("settled", settled)
                json.member("start", start.description)
            }, as: UTF8.self)
    }

    /// What is not known, since the queue's leader never answered, is a dash.
    fileprivate static func table(_ hours: [QueueHour]) -> [StyledLine] {
        TextTable(
            [
                .init("START"), .init("QUEUE"), .init("SAMPLES", number: true), .init("FEWEST READY", number: true),
                .init("MOST READY", number: true), .init("LAST", number: true), .init("FEWEST CONSUMERS", number: true),
                .init("MOST IN HAND", number: true), .init("SETTLED", number: true),
            ],
            hours.map { hour in
                [
                    hour.start.roundedDown.description, hour.queue, String(hour.samples), text(hour.ready?.least),
                    text(hour.ready?.most), text(hour.ready?.last), text(hour.fewestConsumers), String(hour.mostInHand),
                    String(hour.settled),
                ]
            }
        ).lines
    }

    private static func text(_ number: Int?) -> String? { number.map(String.init) }
}
