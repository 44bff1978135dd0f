import Basics
import Store
import Web
import Wire

/// Says whether it is us, the broker, the store or Twilio, and what is to be done.
struct OverviewPage {
    var look: SiteLook

    /// More of them would hide the worst.
    private static let mostBanners = 5

    /// The title says the state, so that a tab does.
    var content: (title: String, main: HTML) {
        let wrong = look.banners.count { $0.weight == .wrong }
        let sentence = wrong == 0 ? "All is well" : "\(Words.count(wrong, "thing")) wrong"
        let main: HTML = """
            <h1>\(sentence)</h1>\(banners)
            <section aria-labelledby="lanes"><h2 id="lanes">Lanes</h2>\(lanes)</section>
            <section aria-labelledby="rest"><h2 id="rest">Workers and dead letters</h2><p>\(workers)</p><p>\(letters)</p></section>
            """
        return (sentence, main)
    }

    private var banners: HTML {
        guard !look.banners.isEmpty else { return .none }
        let first = look.banners.prefix(Self.mostBanners).map(Self.banner)
        let rest = look.banners.dropFirst(Self.mostBanners).map(Self.banner)
        let more: HTML =
            rest.isEmpty
            ? .none : "<details><summary>\(rest.count) more</summary><ul class=\"banners\">\(rest)</ul></details>"
        return "<ul class=\"banners\">\(first)</ul>\(more)"
    }

    private static func banner(_ banner: Banner) -> HTML {
        let word =
            switch banner.weight {
            case .wrong: "Wrong"
            case .odd: "Odd"
            }
        // Sentences of the command line begin small.
        let text = banner.message.prefix(1).uppercased() + banner.message.dropFirst()
        return "<li class=\"\(banner.weight.rawValue)\"><strong>\(word):</strong> \(text).</li>"
    }

    private var lanes: HTML {
        switch look.queues {
        case .failure(let problem): return "<p class=\"unknown\">\(problem.message)</p>"
        case .success(let queues):
            // In the order in which a login goes through them.
            let cards = LaneName.allCases.compactMap { lane in
                queues.first { $0.queue == lane.queue }.map { LaneCard(lane, $0, look).html }
            }
            return "<div class=\"cards\">\(cards)</div>"
        }
    }

    private var workers: HTML {
        switch look.fleet {
        case .failure(let problem): return "<span class=\"unknown\">\(problem.message)</span>"
        case .success(let fleet):
            let living = fleet.workers.filter(\.isAlive)
            let ready = living.count { $0.isPresent && $0.report?.state == .ready }
            return "<a href=\"/workers\">\(Words.count(living.count, "worker"))</a>, \(ready) ready."
        }
    }

    private var letters: HTML {
        let minutes = SiteLook.letterWindow.components.seconds / 60
        guard look.newLetters > 0 else { return "No dead letter of the last \(minutes) minutes waits for anybody." }
        let letters = Words.count(look.newLetters, "dead letter")
        return "\(letters) of the last \(minutes) minutes wait for somebody: <code>verify-courier dead list</code>"
    }
}

/// How one lane stands: how long people wait first.
struct LaneCard {
    private let lane: LaneName
    private let queue: QueueFigures
    private let look: SiteLook

    init(_ lane: LaneName, _ queue: QueueFigures, _ look: SiteLook) {
        (self.lane, self.queue, self.look) = (lane, queue, look)
    }

    var html: HTML {
        """
        <section class="card" aria-labelledby="lane-\(lane.rawValue)"><h3 id="lane-\(lane.rawValue)">\(lane.rawValue)</h3>
        <p class="hint">\(Words.purpose(lane))</p>
        <p class="head">oldest waits \(Words.figure(queue.oldest, Words.duration))</p>
        <dl><div><dt>waiting</dt><dd>\(Words.figure(queue.ready) { "\($0)" })</dd></div>
        <div><dt>in hand</dt><dd>\(Words.figure(queue.inHand) { "\($0)" })</dd></div>
        <div><dt>came in a minute</dt><dd>\(Words.figure(queue.cameIn, Self.rate))</dd></div>
        <div><dt>done a minute</dt><dd>\(Words.figure(queue.done, Self.rate))</dd></div></dl>
        \(QueueHistoryChart(queue.queue, look).figure)</section>
        """
    }

    static func rate(_ value: Double) -> String {
        value < 10 ? "\((value * 10).rounded() / 10)" : "\(Int(value.rounded()))"
    }
}

/// How many waited in a queue within the last hour.
struct QueueHistoryChart {
    let figure: HTML

    init(_ queue: String, _ look: SiteLook) {
        let points = look.past.map { snapshot in
            LineChart.Point(at: snapshot.at, value: snapshot.queues.first { $0.queue == queue }?.ready)
        }
        figure =
            LineChart(subject: "waiting", points: points, from: look.at - .seconds(3600), to: look.at).figure
    }
}
