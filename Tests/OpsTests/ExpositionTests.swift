import Testing

@testable import Ops

/// The text that Prometheus reads.
@Suite struct ExpositionTests {
    @Test("a counter in both formats")
    func counter() async {
        let registry = MetricRegistry()
        let jobs = registry.add(Counter("app_jobs_total", "Jobs \"done\".\nAll of them.", labels: ["lane", "outcome"]))
        jobs.add(2, "send", "sent")
        jobs.add(1, "check", "denied")
        jobs.add(1, "send", "sent")
        #expect(
            await registry.exposition(.text) == """
                # HELP app_jobs_total Jobs "done".\\nAll of them.
                # TYPE app_jobs_total counter
                app_jobs_total{lane="check",outcome="denied"} 1.0
                app_jobs_total{lane="send",outcome="sent"} 3.0

                """)
        #expect(
            await registry.exposition(.openMetrics) == """
                # HELP app_jobs Jobs \\"done\\".\\nAll of them.
                # TYPE app_jobs counter
                app_jobs_total{lane="check",outcome="denied"} 1.0
                app_jobs_total{lane="send",outcome="sent"} 3.0
                # EOF

                """)
    }

    @Test("a histogram's buckets are cumulative, and the unit is told")
    func histogram() async {
        let registry = MetricRegistry()
        let times = registry.add(Histogram("app_wait_seconds", "Waits.", labels: ["lane"], buckets: [0.5, 1]))
        for duration in [Duration.milliseconds(500), .milliseconds(750), .seconds(2), .seconds(-3)] {
            times.observe(duration, "send")
        }
        #expect(
            await registry.exposition(.openMetrics) == """
                # HELP app_wait_seconds Waits.
                # TYPE app_wait_seconds histogram
                # UNIT app_wait_seconds seconds
                app_wait_seconds_bucket{lane="send",le="0.5"} 2
                app_wait_seconds_bucket{lane="send",le="1.0"} 3
                app_wait_seconds_bucket{lane="send",le="+Inf"} 4
                app_wait_seconds_sum{lane="send"} 3.25
                app_wait_seconds_count{lane="send"} 4
                # EOF

                """)
    }

    @Test("what others claim adds no more to a sum than the last bucket's bound, and is counted where it belongs")
    func boundedHistogram() async {
        let registry = MetricRegistry()
        let times = registry.add(Histogram("app_wait_seconds", "Waits.", buckets: [0.5, 1], isBounded: true))
        for seconds in [0.5, 9.2e15] { times.observe(.seconds(seconds)) }
        let text = await registry.exposition(.text)
        #expect(text.contains("app_wait_seconds_bucket{le=\"1.0\"} 1\napp_wait_seconds_bucket{le=\"+Inf\"} 2\n"))
        #expect(text.contains("app_wait_seconds_sum 1.5\n"))
    }

    @Test("a gauge is read at each scrape, and left out while it cannot be told")
    func gauge() async {
        let registry = MetricRegistry()
        registry.gauge("app_room_bytes", "Room.") { [MetricSample(.infinity)] }
        registry.gauge("app_unknown", "Nothing.") { nil }
        registry.info("app_build_info", "The build.", ["version": "1\"2\\"])
        #expect(
            await registry.exposition(.text) == """
                # HELP app_room_bytes Room.
                # TYPE app_room_bytes gauge
                app_room_bytes +Inf
                # HELP app_build_info The build.
                # TYPE app_build_info gauge
                app_build_info{version="1\\"2\\\\"} 1.0

                """)
        #expect(await registry.exposition(.openMetrics).contains("# TYPE app_build info\napp_build_info{"))
    }

    @Test("what peers could make grow stops at a bound, and is counted all the same")
    func bound() async {
        let registry = MetricRegistry()
        let counter = registry.add(Counter("app_codes_total", "Codes.", labels: ["code"], mostSeries: 3))
        for code in 0..<10 { counter.add(1, String(code)) }
        counter.add(1, "1")
        let samples = counter.reading.content
        guard case .samples(let samples) = samples else { return #expect(Bool(false)) }
        #expect(samples.count == 4)
        #expect(samples.map(\.value).reduce(0, +) == 11)
        #expect(samples.contains(MetricSample(7, ["other"])))
    }

    @Test("labels that are missing count as blank, and no negative amount is taken")
    func mistakes() {
        let counter = Counter("app_total", "A.", labels: ["a", "b"])
        counter.add(1, "x")
        counter.add(-5, "x", "")
        counter.add(1, "x", "", "y")
        guard case .samples(let samples) = counter.reading.content else { return #expect(Bool(false)) }
        #expect(samples == [MetricSample(2, ["x", ""])])
    }

    @Test("OpenMetrics only for whoever asks for it")
    func formats() {
        let prometheus = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"
        #expect(ExpositionFormat(accept: prometheus).contentType.hasPrefix("application/openmetrics-text; version=1"))
        #expect(ExpositionFormat(accept: nil).contentType == "text/plain; version=0.0.4; charset=utf-8")
        #expect(ExpositionFormat(accept: "text/html").contentType == "text/plain; version=0.0.4; charset=utf-8")
    }

    @Test("what is known stands at 0 before its first event, and takes no room of what is not known")
    func known() async {
        let registry = MetricRegistry()
        let counter = registry.add(
            Counter("app_replies_total", "Replies.", labels: ["result"], known: [["lost"], ["nacked"]], mostSeries: 1))
        _ = registry.add(Counter("app_drops_total", "Drops."))
        _ = registry.add(Histogram("app_wait_seconds", "Waits.", labels: ["lane"], buckets: [1], known: [["send"]]))
        for result in ["nacked", "new", "newer"] { counter.add(1, result) }
        let text = await registry.exposition(.text)
        #expect(text.contains("app_replies_total{result=\"lost\"} 0.0\n"))
        #expect(text.contains("app_replies_total{result=\"nacked\"} 1.0\n"))
        #expect(text.contains("app_replies_total{result=\"new\"} 1.0\n"))
        #expect(text.contains("app_replies_total{result=\"other\"} 1.0\n"))
        #expect(text.contains("app_drops_total 0.0\n"))
        #expect(text.contains("app_wait_seconds_count{lane=\"send\"} 0\n"))
    }
}
