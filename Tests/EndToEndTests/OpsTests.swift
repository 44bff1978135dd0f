import Basics
import Foundation
import TestKit
import Testing
import TwilioSimulator
import Wire

/// `ops.listen` of a worker that works (contract, section 7).
@Suite("Contract 7: ops.listen", .serialized, .timeLimit(.minutes(10))) struct OpsTests {
    @Test("a worker tells that it lives and is ready, and counts what it does, without a word of anybody")
    func metrics() async throws {
        let stage = try await Stage()
        let worker = try stage.watchedWorker()
        try await worker.waitUntilReady()
        #expect(await worker.get("/live").status == 200)
        let sent = try await stage.ask(
            .registerPhone, ["user": "anna.secret", "phone": "+14155550142", "channel": "sms", "color": "red"])
        #expect(sent.outcome == .sent)
        let code = try #require(stage.simulator.outbox().last?.code)
        #expect(try await stage.ask(.check, ["user": "anna.secret", "code": "000000"]).outcome == .denied)
        #expect(try await stage.ask(.check, ["user": "anna.secret", "code": code]).outcome == .approved)
        #expect(try await stage.ask(.send, ["user": "bert", "channel": "sms"]).outcome == .notAllowed)
        let expected =
            [
                #"verify_courier_outcomes_total{operation="register.phone",application="web",outcome="sent"}"#: 1,
                #"verify_courier_messages_received_total{lane="check",operation="check"}"#: 2,
                #"verify_courier_messages_processed_total{lane="send",operation="send",result="answered"}"#: 1,
                #"verify_courier_requests_refused_total{operation="send",outcome="not_allowed",reason="not_registered"}"#:
                    1,
                #"verify_courier_unknown_fields_total{operation="register.phone"}"#: 1,
                #"verify_courier_verifications_started_total{channel="sms",country="US"}"#: 1,
                #"verify_courier_verifications_finished_total{channel="sms",country="US",status="approved"}"#: 1,
                #"verify_courier_time_to_approve_seconds_count{channel="sms"}"#: 1,
                #"verify_courier_checks_total{channel="sms",outcome="denied"}"#: 1,
                #"verify_courier_twilio_requests_total{endpoint="verification.start",result="success"}"#: 1,
                #"verify_courier_twilio_requests_total{endpoint="verification.check",result="success"}"#: 2,
                #"verify_courier_replies_published_total{result="confirmed"}"#: 4,
                #"verify_courier_store_operations_total{backend="sqlite",operation="finish",result="ok"}"#: 3,
                #"verify_courier_lane_slots{lane="send"}"#: 128, "verify_courier_worker_ready": 1,
                #"verify_courier_twilio_circuit_state{call="send_sms",state="closed"}"#: 1,
                #"verify_courier_twilio_circuit_state{call="check",state="open"}"#: 0,
                "verify_courier_config_last_reload_successful": 1, "verify_courier_amqp_unconfirmed": 0,
                #"verify_courier_amqp_channel_closes_total{code="404"}"#: 0,
                "verify_courier_store_usable": 1, "verify_courier_twilio_calls_limit": 100,
            ] as [String: Double]
        for (series, value) in expected {
            // Counters only grow: one that has passed its value fails here at once, one that lags is waited for.
            try await Wait.until("\(series) to be \(value)") { await worker.metric(series) ?? 0 >= value }
            #expect(await worker.metric(series) == value, "\(series)")
        }
        let text = await worker.get("/metrics").body
        // An independent reader of the format: it prints what it does not like.
        let judged = try await Tool("sh", "-c", "promtool check metrics 2>&1 || true").run(Array(text.utf8))
        #expect(String(decoding: judged, as: UTF8.self) == "")
        // A family without a series has its head all the same; what is known only after a backup has not even that.
        let told = MetricFamilies.names(in: text).union(["store_last_backup_timestamp_seconds"])
        #expect(try MetricFamilies.documented() == told)
        #expect(text.contains("verify_courier_store_commit_duration_seconds_count"))
        for secret in ["anna", "bert", "4155550142", code, stage.simulator.outbox()[0].to] {
            #expect(!text.contains(secret))
        }
        worker.process.kill(SIGTERM)
        #expect(await worker.process.waitUntilEnd() == 0)
    }

    @Test("7 /ready: a pause is told and is ready, so that a rollout goes on; who starts under it is ready too")
    func paused() async throws {
        let stage = try await Stage()
        let worker = try stage.watchedWorker()
        try await worker.waitUntilReady()
        #expect(try await stage.run("workers pause all --why looking --operator mara").status == 0)
        let newcomer = try stage.watchedWorker()
        for one in [worker, newcomer] {
            try await one.waitUntilReady(saying: "paused: verify.send is paused by an operator\n")
            #expect(await one.metric("verify_courier_worker_ready") == 1)
            #expect(await one.metric(#"verify_courier_worker_paused{lane="send"}"#) == 1)
            #expect(await one.metric(#"verify_courier_queue_consumed{queue="verify.send"}"#) == 0)
        }
        // Who paused it and why is nobody's business who only reaches the port.
        #expect(await !worker.get("/ready").body.contains("mara"))
        #expect(try await stage.run("workers resume all --why enough").status == 0)
        for one in [worker, newcomer] {
            try await one.waitForMetric(#"verify_courier_queue_consumed{queue="verify.send"}"#, 1)
            #expect(await one.get("/ready").body == "ready\n")
            one.process.kill(SIGTERM)
            #expect(await one.process.waitUntilEnd() == 0)
        }
    }

    @Test("a dead letter and an undeliverable reply show")
    func deadLetters() async throws {
        let stage = try await Stage()
        let worker = try stage.watchedWorker()
        try await worker.waitUntilReady()
        let raw = try RawPublisher(url: stage.brokerURL)
        var message = RawMessage("send", "[]")
        message.messageID = Array("broken".utf8)
        message.replyTo = "verify.reply.nobody.0123456789abcdef"
        #expect(try await raw.publish(message) == .confirmed)
        try await worker.waitForMetric(#"verify_courier_dead_letter_messages{reason="malformed"}"#, 1)
        try await worker.waitForMetric(#"verify_courier_replies_published_total{result="returned"}"#, 1)
        try await worker.waitForMetric(
            #"verify_courier_messages_dead_lettered_total{lane="send",reason="malformed"}"#, 1)
        let oldest = await worker.metric(
            #"verify_courier_dead_letter_oldest_timestamp_seconds{reason="malformed"}"#)
        #expect(abs(try #require(oldest) - Date.now.timeIntervalSince1970) < 600)
    }

    @Test("a taken port is exit 78 that names the key, before any job is taken")
    func taken() async throws {
        let stage = try await Stage()
        let first = try stage.watchedWorker()
        try await first.waitUntilReady()
        let second = try stage.worker(more: ["VERIFY_COURIER_OPS_LISTEN": "127.0.0.1:\(first.port)"])
        #expect(await second.waitUntilEnd() == 78)
        #expect(second.output.contains("verify-courier: ops.listen: cannot listen at 127.0.0.1:\(first.port)"))
        #expect(try await stage.ask(.options, ["user": "anna"]).outcome == .options)
    }

    @Test("while it drains it lives and is not ready, and says why")
    func draining() async throws {
        let stage = try await Stage()
        let worker = try stage.watchedWorker()
        try await worker.waitUntilReady()
        stage.simulator.setFault(SimulatorFault(.hang), on: .start)
        let job = Task {
            try await stage.ask(.registerPhone, ["user": "a", "phone": "+14155550142", "channel": "sms"])
        }
        try await Wait.until("Twilio to be asked") { stage.simulator.requests(.start) > 0 }
        worker.process.kill(SIGTERM)
        try await worker.waitUntilReady(false, saying: "draining")
        #expect(await worker.metric("verify_courier_worker_draining") == 1)
        #expect(await worker.get("/live").status == 200)
        worker.process.kill(SIGTERM)
        #expect(await worker.process.waitUntilEnd() == 0)
        job.cancel()
    }
}
