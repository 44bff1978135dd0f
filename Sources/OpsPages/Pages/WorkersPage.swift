import Basics
import Store
import Web
import Wire

/// The workers that live, what they do, and how those ended that have.
struct WorkersPage {
    var look: SiteLook

    var main: HTML {
        switch look.fleet {
        case .failure(let problem): return "<h1>Workers</h1><p class=\"unknown\">\(problem.message)</p>"
        case .success(let fleet):
            let living = fleet.workers.filter(\.isAlive)
            let ended = fleet.workers.filter { !$0.isAlive }.reversed()
            return """
                <h1>Workers</h1>\(none(living))\(living.prefix(Self.mostShown).map { card($0, fleet.orders) })\(more(living.count))
                \(Self.endedTable(Array(ended.prefix(Self.mostEnded)), look.at))
                """
        }
    }

    /// A page stays small, however many work; the twin has all of them.
    private static let mostShown = 30
    private static let mostEnded = 50

    private func more(_ count: Int) -> HTML {
        guard count > Self.mostShown else { return .none }
        return "<p>\(count - Self.mostShown) more: <a href=\"\(Place.workers.twin)\">all of them as JSON</a></p>"
    }

    private func none(_ living: [WorkerRecord]) -> HTML {
        living.isEmpty
            ? "<p class=\"meaning\">No worker runs. Every login waits. Start one: <code>verify-courier work</code>, or its unit.</p>"
            : .none
    }

    private func card(_ worker: WorkerRecord, _ orders: WorkerOrders) -> HTML {
        """
        <section class="card" aria-labelledby="worker-\(worker.id)"><h2 id="worker-\(worker.id)">Worker \(worker.id): \(worker.standing)</h2>
        <p>\(identity(worker)) Since \(Words.moment(worker.startedAt, look.at))\(lastWord(worker)).</p>
        \(worker.report.map { Self.list("Obstacles", $0.obstacles) } ?? .none)\(worker.report.map(Self.circuits) ?? .none)\(pauses(worker, orders))
        \(worker.report.map(Self.lanes) ?? .none)</section>
        """
    }

    private func identity(_ worker: WorkerRecord) -> HTML {
        guard let report = worker.report else { return "It has told nothing yet." }
        let listen: HTML = report.listen.map { " · metrics at \($0)" } ?? .none
        return
            "\(report.host), process \(Int(report.pid)), version \(report.version), settings \(report.settings)\(listen)."
    }

    private func lastWord(_ worker: WorkerRecord) -> HTML {
        worker.age.map { "; last word \(Words.duration($0)) ago" } ?? .none
    }

    private static func list(_ title: String, _ lines: [String]) -> HTML {
        guard !lines.isEmpty else { return .none }
        return "<p>\(title):</p><ul>\(lines.map { "<li>\($0)</li>" as HTML })</ul>"
    }

    private static func circuits(_ report: WorkerReport) -> HTML {
        list(
            "Twilio is not called for",
            report.circuits.map { "\($0.operation)\($0.isProbing ? ", but for one call that tries" : "")" })
    }

    private func pauses(_ worker: WorkerRecord, _ orders: WorkerOrders) -> HTML {
        let paused = LaneName.allCases.compactMap { lane -> String? in
            guard let order = orders.pause(of: lane, worker: worker.id, at: look.at) else { return nil }
            let until = order.until.map { " until \($0)" } ?? ""
            return "\(lane.rawValue), by \(order.by)\(until): \(order.why)"
        }
        return Self.list("Paused", paused)
    }

    private static func lanes(_ report: WorkerReport) -> HTML {
        let rows = report.lanes.map { lane in
            let consumed = lane.isPaused ? "paused" : lane.isConsumed ? "yes" : "no"
            let cells = ["\(lane.slots)", "\(lane.inHand)", consumed, "\(lane.settled)"]
            return (head: lane.lane, cells: cells.map { HTML(text: $0) })
        }
        return Table(caption: "Lanes", heads: ["Lane", "Slots", "In hand", "Consumed", "Done"], rows: rows).html
    }

    private static func endedTable(_ ended: [WorkerRecord], _ now: Timestamp) -> HTML {
        guard !ended.isEmpty else { return .none }
        let rows = ended.map { worker in
            let place = worker.report.map { "\($0.host), process \($0.pid), \($0.version)" } ?? "–"
            let cells = [
                HTML(text: worker.standing), worker.endedAt.map { Words.moment($0, now) } ?? "–",
                Words.moment(worker.startedAt, now), HTML(text: place),
            ]
            return (head: "\(worker.id)", cells: cells)
        }
        let heads = ["Worker", "How", "When", "Since", "Where"]
        let table = Table(caption: "The latest first", heads: heads, rows: rows)
        return "<section><h2>Ended within seven days</h2>\(table.html)</section>"
    }
}
