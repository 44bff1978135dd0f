import Basics
import Foundation
import Store
import Testing
import Web
import Wire

@testable import OpsPages

@Suite("The operator's pages: what they say")
struct PageTests {
    private func overview(_ look: SiteLook) async -> String { await Sample.site(look).get("/").body }

    @Test("the state is one sentence, in the title as well")
    func state() async {
        let well = await overview(Sample.look())
        #expect(well.contains("<title>All is well – verify-courier</title>") && well.contains("<h1>All is well</h1>"))
        let banner = Banner(.wrong, code: "no_worker", message: "no worker runs; the last one, 7, was killed")
        let wrong = await overview(Sample.look(banners: [banner, Banner(.odd, code: "workers_differ", message: "a")]))
        #expect(wrong.contains("<h1>1 thing wrong</h1>"))
        #expect(wrong.contains("<strong>Wrong:</strong> No worker runs; the last one, 7, was killed.</li>"))
        #expect(wrong.contains("<strong>Odd:</strong> A.</li>"))
    }

    @Test("what is odd alone keeps nobody from signing in")
    func odd() async {
        #expect(await overview(Sample.look(banners: [Banner(.odd, code: "x", message: "y")])).contains("All is well"))
    }

    @Test("of many banners the worst are in sight, the others one step away")
    func manyBanners() async {
        let banners = (1...7).map { Banner(.wrong, code: "c", message: "banner \($0)") }
        let page = await overview(Sample.look(banners: banners))
        let before = page.components(before: "<details>")
        #expect(before.contains("Banner 5") && !before.contains("Banner 6"))
        #expect(page.contains("<summary>2 more</summary>") && page.contains("Banner 7"))
    }

    @Test("a lane says how long people wait, before anything else")
    func lane() async {
        let page = await overview(Sample.look(waiting: [.send]))
        #expect(page.contains("oldest waits <span title=\"concluded, right within some seconds\">≈ 10 s</span>"))
        #expect(page.contains("6 waiting; at most 6, at "))
        #expect(page.contains("None waiting in the last 2 min."))
    }

    @Test("what cannot be known is a dash with its reason, never 0")
    func unknown() async {
        var look = Sample.look()
        look.queues = .failure(Unknown("The broker does not tell of the queues: refused"))
        look.fleet = .failure(Unknown("The store cannot be read: it is gone"))
        for path in ["/", "/queues"] {
            #expect(await Sample.site(look).get(path).body.contains("The broker does not tell of the queues: refused"))
        }
        for path in ["/", "/workers"] {
            #expect(await Sample.site(look).get(path).body.contains("The store cannot be read: it is gone"))
        }
        let twin = await Sample.site(look).get("/overview.json").body
        #expect(!twin.contains("workers_living"))
        #expect(twin.contains("The store cannot be read"))
        #expect(
            Words.figure(Figure<Int>(value: nil, kind: .unknown, why: "a & b")) { "\($0)" }.source.contains(
                "– <small>a &amp; b"))
        #expect(Words.figure(Figure(value: 4, kind: .atLeast)) { "\($0)" }.source.contains("≥ 4"))
    }

    @Test("a worker with all that is in its way, and what others have put into its names is text")
    func worker() async {
        let worker = Sample.worker(7) {
            $0.state = .notReady
            $0.obstacles = ["no connection to the broker"]
            $0.circuits = [.init(operation: "a send by text message", isProbing: true)]
        }
        var ended = WorkerRecord(id: 3, startedAt: Sample.now - .seconds(200_000), isAlive: false)
        (ended.end, ended.endedAt) = (.killed, Sample.now - .seconds(180))
        var look = Sample.look(workers: [ended, worker])
        look.fleet = .success(
            FleetLook(
                workers: [ended, worker],
                orders: WorkerOrders([
                    WorkerOrder(
                        id: 1, worker: nil, lane: .send, wish: .pause, by: "mara", why: "<pumping>", at: Sample.now,
                        until: nil)
                ])))
        let page = await Sample.site(look).get("/workers").body
        for text in [
            "Worker 7: not_ready", "mq&lt;1&gt;, process 42, version 0.9.0", "no connection to the broker",
            "a send by text message, but for one call that tries", "send, by mara: &lt;pumping&gt;", "killed",
            "3 min ago",
        ] {
            #expect(page.contains(text), "\(text)")
        }
        #expect(!page.contains("<pumping>"))
    }

    @Test("where no worker runs the page says what to do")
    func noWorker() async {
        #expect(
            await Sample.site(Sample.look(workers: [])).get("/workers").body.contains(
                "No worker runs. Every login waits."))
    }

    @Test("times as people read them")
    func durations() {
        let texts: [(Int, String)] = [
            (-1, "0 s"), (0, "0 s"), (119, "119 s"), (120, "2 min"), (7199, "119 min"), (7200, "2 h"),
            (7500, "2 h 5 min"),
            (172_799, "47 h 59 min"), (172_800, "2 days"),
        ]
        for (seconds, text) in texts { #expect(Words.duration(.seconds(seconds)) == text) }
        #expect(Words.moment(Sample.now - .seconds(86_400), Sample.now).source.hasPrefix("2027-01-14 <time"))
    }
}

extension String {
    fileprivate func components(before mark: String) -> String {
        range(of: mark).map { String(self[..<$0.lowerBound]) } ?? self
    }
}
