import AMQP
import Basics
import Glibc
import TestKit
import Testing
import TwilioSimulator
import Wire

/// What an administrator of the broker may take away from a worker that consumes (H43): it says what is missing, asks
/// in no hurry, loses nothing, and goes on by itself once it has it back.
@Suite("Contract 4: what the broker takes away", .timeLimit(.minutes(10))) struct BrokerTroubleTests {
    @Test(
        "H43 rights, or the password: a job in hand and one that comes are answered afterwards",
        arguments: Loss.allCases)
    func lost(what: Loss) async throws {
        let scene = try await BrokerTrouble()
        let (inHand, coming) = (scene.registration(1), scene.registration(2))
        try await scene.publishAndHoldUp(inHand)
        let began = MonotonicTime.now()
        try await what.takeAway(scene)
        try await scene.publish(coming)
        for text in what.tells { try await scene.worker.waitUntilReady(false, saying: text) }
        #expect(await scene.worker.metric("verify_courier_worker_ready") == 0)
        #expect(await scene.worker.get("/live").status == 200)
        #expect(!scene.hasAnswered(coming))
        for text in what.says { try await scene.worker.process.waitForOutput(text) }
        try await what.giveBack(scene)
        try await scene.worker.waitUntilReady()
        try await scene.expectDone([inHand, coming])
        // Three connections, each refused once or twice, and then twice a minute for as long as this has taken.
        let minutes = scene.minutes(since: began)
        #expect(scene.worker.process.output.ranges(of: "no connection").count <= 8 + 8 * minutes)
    }

    @Test("H43 the right to write replies: they wait, however often they are refused, and no more is begun meanwhile")
    func unwritable() async throws {
        let scene = try await BrokerTrouble()
        try await scene.permit(write: "^$")
        try await scene.hangUp()
        try await scene.worker.process.waitForOutput("connection lost")
        try await scene.worker.waitUntilReady()
        let (message, coming) = (scene.registration(1), scene.registration(2))
        let began = MonotonicTime.now()
        try await scene.publish(message)
        try await scene.worker.waitUntilReady(false, saying: "replies are refused: the broker user lacks a right (403)")
        try await scene.worker.waitForMetric(#"verify_courier_queue_consumed{queue="verify.send"}"#, 0)
        try await scene.publish(coming)
        let refused = #"verify_courier_replies_published_total{result="lost"}"#
        // Far more often than a reply is tried that is refused for its own sake.
        while await scene.worker.metric(refused) ?? 0 < 6 {
            let (status, body) = await scene.worker.get("/ready")
            try #require(status == 503 && body.contains("replies are refused"), "\(body)")
        }
        let seconds = Double((MonotonicTime.now() - began).milliseconds) / 1000
        #expect(await scene.worker.metric(refused) ?? 0 <= 6 + 4 * seconds)
        #expect(!scene.hasAnswered(message))
        #expect(scene.stage.simulator.outbox().count == 1)
        try await scene.worker.process.waitForOutput("access to exchange 'amq.default'")
        try await scene.permit()
        try await scene.worker.waitUntilReady()
        try await scene.worker.process.waitForOutput("ready again")
        try await scene.expectDone([message, coming])
    }

    @Test(
        "H43 the virtual host, made again with its topology: what was in hand is asked for again, and is not sent twice"
    )
    func virtualHost() async throws {
        let scene = try await BrokerTrouble()
        let host = scene.stage.virtualHost
        let message = scene.registration(1)
        try await scene.publishAndHoldUp(message)
        let began = MonotonicTime.now()
        try await scene.ctl("delete_vhost", host)
        try await scene.worker.waitUntilReady(false, saying: "the broker refuses the virtual host (530)")
        #expect(await !scene.worker.get("/ready").body.contains(host))
        try await scene.worker.process.waitForOutput("vhost \(host) not found")
        try await scene.ctl("add_vhost", host)
        try await scene.ctl("set_permissions", "-p", host, "guest", ".*", ".*", ".*")
        try await scene.permit()
        try await scene.worker.waitUntilReady(false, saying: "verify.send is not consumed")
        try await scene.applyTopology()
        try await scene.worker.waitUntilReady()
        // Its queue is gone and so is the mailbox; a front end that hears nothing asks again under the same id.
        let again = try await Mailbox(scene.stage.brokerURL)
        var repeated = message
        repeated.replyTo = again.address
        try await scene.publish(repeated)
        #expect(try await again.reply(to: try #require(message.correlationID)).reply.outcome == .sent)
        #expect(scene.stage.simulator.outbox().count == 1)
        #expect(scene.worker.process.output.contains("vhost \(host) not found"))
        // Three connections, each refused once or twice, and then twice a minute for as long as this has taken.
        let minutes = scene.minutes(since: began)
        #expect(scene.worker.process.output.ranges(of: "no connection").count <= 8 + 8 * minutes)
    }

    @Test(
        "H43 a lane's queue: the other lanes go on, what was in hand is answered, and the lane comes back with its queue"
    )
    func queue() async throws {
        let scene = try await BrokerTrouble()
        let (inHand, coming) = (scene.registration(1), scene.registration(2))
        try await scene.publishAndHoldUp(inHand)
        try await scene.deleteQueue("verify.send")
        try await scene.worker.waitUntilReady(false, saying: "verify.send is not consumed: it is not there (404)")
        #expect(await scene.worker.metric(#"verify_courier_queue_consumed{queue="verify.send"}"#) == 0)
        #expect(await scene.worker.metric(#"verify_courier_queue_consumed{queue="verify.check"}"#) == 1)
        #expect(try await scene.stage.ask(.options, ["user": "anna"]).outcome == .options)
        #expect(try await RawPublisher(url: scene.stage.brokerURL).publish(coming) == .returned(code: 312))
        #expect(try await scene.outcome(of: inHand) == .sent)
        try await scene.worker.process.waitForOutput("no queue 'verify.send' in vhost")
        try await scene.applyTopology()
        try await scene.worker.waitUntilReady()
        try await scene.publish(coming)
        try await scene.expectDone([inHand, coming])
    }

    @Test(
        "H43 a queue that is declared anew otherwise: it is consumed as it is, and 'topology apply' names the difference"
    )
    func redeclared() async throws {
        let scene = try await BrokerTrouble()
        let message = scene.registration(1)
        try await scene.redeclare("verify.send", deliveryLimit: 7)
        try await scene.publish(message)
        #expect(try await scene.outcome(of: message) == .sent)
        let refused = try await scene.stage.run("topology apply")
        #expect(refused.status == 78)
        for word in ["verify.send", "x-delivery-limit", "7", "100"] { #expect(refused.errors.contains(word)) }
        try await scene.deleteQueue("verify.send")
        try await scene.applyTopology()
        try await scene.worker.waitUntilReady()
        try await scene.expectDone([message])
    }
}

/// What keeps a worker from consuming.
enum Loss: String, CaseIterable, Sendable {
    case everyRight, reading, password

    /// Told at `/ready`, to whoever asks.
    var tells: [String] {
        switch self {
        case .everyRight: ["the broker refuses the virtual host (530)"]
        case .reading: ["verify.send is not consumed: the broker user lacks a right (403)"]
        case .password: ["the broker refuses the log-in (403)"]
        }
    }

    /// Told in the log.
    var says: [String] {
        switch self {
        case .everyRight: ["access to vhost", "refused for user 'worker-"]
        case .reading: ["verify.send is not consumed", "access to queue 'verify.check'"]
        case .password: ["refuses us", "ACCESS_REFUSED - Login was refused"]
        }
    }

    func takeAway(_ scene: BrokerTrouble) async throws {
        switch self {
        case .everyRight: try await scene.ctl("clear_permissions", "-p", scene.stage.virtualHost, scene.user.name)
        case .reading: try await scene.permit(read: "^$")
        case .password: try await scene.ctl("change_password", scene.user.name, "another")
        }
        try await scene.hangUp()
    }

    func giveBack(_ scene: BrokerTrouble) async throws {
        switch self {
        case .everyRight, .reading: try await scene.permit()
        case .password: try await scene.ctl("change_password", scene.user.name, scene.user.password)
        }
    }
}
