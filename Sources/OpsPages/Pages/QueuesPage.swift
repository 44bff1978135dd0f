import Basics
import Store
import Web
import Wire

/// The queues, the dead letters' too, with what a backlog means to people.
struct QueuesPage {
    var look: SiteLook

    var main: HTML {
        switch look.queues {
        case .failure(let problem): "<h1>Queues</h1><p class=\"unknown\">\(problem.message)</p>"
        case .success(let queues):
            """
            <h1>Queues</h1>
            \(Table(caption: "As broker and workers tell", heads: Self.heads, rows: queues.map(row), isWide: true).html)
            <p class="hint">≈ is concluded from what is counted, right within some seconds; ≥ is at least.</p>
            \(queues.compactMap(meaning))\(queues.compactMap(line))
            """
        }
    }

    private static let heads = [
        "Queue", "Oldest waits", "Waiting", "In hand", "Consumers", "Came in a minute", "Done a minute", "Empty in",
    ]

    private func row(_ queue: QueueFigures) -> (head: String, cells: [HTML]) {
        let cells = [
            Words.figure(queue.oldest, Words.duration), Words.figure(queue.ready) { "\($0)" },
            Words.figure(queue.inHand) { "\($0)" }, Words.figure(queue.consumers) { "\($0)" },
            Words.figure(queue.cameIn, LaneCard.rate), Words.figure(queue.done, LaneCard.rate),
            Words.figure(queue.untilEmpty, Words.duration),
        ]
        return (queue.queue, cells)
    }

    /// What those see who wait.
    private func meaning(_ queue: QueueFigures) -> HTML? {
        guard let late = queue.waitedLong.value, late > 0 else { return nil }
        let seconds = QueueFigures.longWait.components.seconds
        return """
            <p class="meaning"><strong>\(queue.queue)</strong>: \(Words.figure(queue.waitedLong) { "\($0)" }) \
            have waited longer than \(seconds) s, the patience that front ends have where they set none: most will be answered <code>late</code>.</p>
            """
    }

    private func line(_ queue: QueueFigures) -> HTML? {
        guard LaneName.of(queue: queue.queue) != nil else { return nil }
        return "<section><h2>\(queue.queue), the last hour</h2>\(QueueHistoryChart(queue.queue, look).figure)</section>"
    }
}
