import AMQP
import App
import Basics
import Glibc
import TestKit
import Testing
import TwilioSimulator
import Wire

/// A worker with a broker user of its own, which an administrator takes things away from.
///
/// It publishes as a front end with a mailbox, so that every reply is seen, however many there are.
struct BrokerTrouble: Sendable {
    let stage: Stage
    let user = BrokerUser("worker", "")
    let worker: WatchedWorker
    let mailbox: Mailbox

    init() async throws {
        stage = try await Stage()
        try await stage.add([user])
        worker = try stage.watchedWorker(more: ["VERIFY_COURIER_BROKER_URL": stage.url(of: user)])
        mailbox = try await Mailbox(stage.brokerURL)
        try await worker.waitUntilReady()
    }

    /// Whole minutes, for what may happen so often in each: how long a test takes is the machine's affair.
    func minutes(since began: MonotonicTime) -> Int { Int((MonotonicTime.now() - began).milliseconds / 60_000) }

    // MARK: The administrator

    func ctl(_ arguments: String...) async throws {
        _ = try await PrivateBroker.shared().ctl(arguments)
    }

    func permit(write: String = ".*", read: String = ".*") async throws {
        try await ctl("set_permissions", "-p", stage.virtualHost, user.name, ".*", write, read)
    }

    /// Rights are cached by channel: this has them looked up again.
    func hangUp() async throws {
        try await ctl("close_all_user_connections", user.name, "rights have changed")
    }

    func deleteQueue(_ name: String) async throws {
        try await ctl("delete_queue", "-p", stage.virtualHost, name)
    }

    func applyTopology() async throws {
        let applied = try await stage.run("topology apply")
        #expect(applied.status == 0, "\(applied.errors)")
    }

    /// Declares a lane's queue anew with another delivery limit than the plan's.
    func redeclare(_ name: String, deliveryLimit: Int64) async throws {
        try await deleteQueue(name)
        try await TopologyPlan.declare(name, deliveryLimit: deliveryLimit, configured: stage.environment)
    }

    // MARK: The front end

    /// A registration, which has one text sent.
    func registration(_ number: Int) -> RawMessage {
        let body = #"{"user":"user-\#(number)","phone":"+1415555\#(2000 + number)","channel":"sms"}"#
        var message = RawMessage(JobKind.registerPhone.rawValue, body)
        message.messageID = Array(RandomID.uuid().utf8)
        message.correlationID = Array("job-\(number)".utf8)
        message.replyTo = mailbox.address
        message.headers = [("deadline", .text("\(Clocks.system.wall() + .seconds(110))"))]
        return message
    }

    func publish(_ message: RawMessage) async throws {
        let fate = try await RawPublisher(url: stage.brokerURL).publish(message)
        try #require(fate == .confirmed)
    }

    func outcome(of message: RawMessage) async throws -> Outcome {
        let correlation = try #require(message.correlationID)
        return try await mailbox.arrivals.first("the answer") {
            $0.properties.correlationID == correlation
        }.reply.outcome
    }

    func hasAnswered(_ message: RawMessage) -> Bool {
        mailbox.arrivals.all.contains { $0.properties.correlationID == message.correlationID }
    }

    /// Publishes a job, and returns once Twilio was asked for its text, which takes long enough for what is to come.
    func publishAndHoldUp(_ message: RawMessage) async throws {
        let before = stage.simulator.requests(.start)
        stage.simulator.setFault(SimulatorFault(.delay, delay: .seconds(6)), on: .start)
        try await publish(message)
        try await Wait.until("Twilio to be asked") { stage.simulator.requests(.start) > before }
        stage.simulator.setFault(nil, on: .start)
    }

    /// However often a job was answered, it was always the same, its text left once, and it is known to be answered.
    func expectDone(_ messages: [RawMessage]) async throws {
        for message in messages {
            #expect(try await outcome(of: message) == .sent)
            let answers = mailbox.arrivals.all.filter { $0.properties.correlationID == message.correlationID }
            #expect(Set(answers.map(\.bytes)).count == 1)
        }
        #expect(stage.simulator.outbox().count == messages.count)
        worker.process.kill(SIGTERM)
        #expect(await worker.process.waitUntilEnd() == 0)
        let recorded = try await stage.recorded()
        for message in messages {
            let id = String(decoding: message.messageID ?? [], as: UTF8.self)
            #expect(recorded[id]?.outcome == Outcome.sent.rawValue)
        }
        #expect(!worker.process.output.contains(user.password))
    }
}
