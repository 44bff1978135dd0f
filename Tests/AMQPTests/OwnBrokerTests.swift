import AMQP
import Foundation
import Glibc
import Logging
import TestKit
import Testing

/// Tests that do to a broker what other tests would not bear: one after the other, on a node of their own.
@Suite(.serialized, .timeLimit(.minutes(10))) struct OwnBrokerTests {
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func message(_ body: [UInt8], to queue: String) -> Message {
        Message(exchange: "", routingKey: queue, mandatory: true, properties: MessageProperties(), body: body)
    }

    /// Whether all threads of a process stand still; they do not at once when the machine is busy.
    private static func isStopped(_ process: Int32) throws -> Bool {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task").allSatisfy { thread in
            let text = try String(contentsOfFile: "/proc/\(process)/task/\(thread)/stat", encoding: .utf8)
            return text.split(separator: ")").last?.hasPrefix(" T") == true
        }
    }

    @Test("during an alarm nothing is published, deliveries and acknowledgements go on, and afterwards all goes on")
    func alarm() async throws {
        let broker = try await PrivateBroker.withTLS()
        let configuration = BrokerConfiguration(urls: [try BrokerURL(broker.url)], connectionName: "alarm")
        let lane = Lane(queue: "alarm", prefetch: 1, declare: QueueDeclaration(name: "alarm"))
        let consumer = Consumer(configuration: configuration, lanes: [lane], logger: Self.logger)
        let publisher = Publisher(configuration: configuration, logger: Self.logger)
        let running = [Task { await consumer.run() }, Task { await publisher.run() }]
        defer { for task in running { task.cancel() } }
        try await publisher.becomesUsable()
        try await consumer.becomesConsuming()
        let message = Self.message([9], to: "alarm")
        for body in 1...2 {
            #expect(try await publisher.publish(Self.message([UInt8(body)], to: "alarm")) == .confirmed)
        }
        _ = try await broker.ctl(["set_vm_memory_high_watermark", "absolute", "1MB"])
        // The broker tells a connection of the alarm once it publishes; that message is confirmed after the alarm.
        async let late = publisher.publish(message)
        try await publisher.becomes("blocked") { $0.blockage != nil }
        #expect(publisher.status.isConnected)
        #expect(!publisher.isUsable)
        #expect(publisher.status.blockage?.reason.isEmpty == false)
        let refused = await #expect(throws: AMQPError.self) { try await publisher.publish(message) }
        #expect(refused?.code == .notConnected)
        for body in 1...2 {
            let delivery = try await consumer.delivery()
            #expect(delivery.body == .bytes([UInt8(body)]))
            await consumer.acknowledge(delivery.tag)
        }
        #expect(consumer.isConsuming)
        _ = try await broker.ctl(["set_vm_memory_high_watermark", "0.4"])
        #expect(try await late == .confirmed)
        try await publisher.becomesUsable()
        #expect(try await publisher.publish(message) == .confirmed)
    }

    @Test(
        "a broker that allows too few channels is told by its number and ours, and the lanes follow once it allows more"
    )
    func fewChannels() async throws {
        let broker = try await PrivateBroker.withTLS()
        func allow(_ channels: Int) async throws {
            _ = try await broker.ctl(["eval", "application:set_env(rabbit, channel_max, \(channels))."])
        }
        let configuration = BrokerConfiguration(urls: [try BrokerURL(broker.url)], connectionName: "few")
        let lanes = (1...3).map { Lane(queue: "few\($0)", prefetch: 1, declare: QueueDeclaration(name: "few\($0)")) }
        let consumer = Consumer(configuration: configuration, lanes: lanes, logger: Self.logger)
        try await allow(2)
        let running = Task { await consumer.run() }
        defer { running.cancel() }
        try await consumer.becomes("refused") { $0.lastError != nil }
        #expect(consumer.lastError?.code == .limit)
        #expect(consumer.lastError?.outline == "the broker allows 2 channels a connection, 3 are needed")
        // As many as there are lanes are enough.
        try await allow(3)
        try await consumer.becomesConsuming()
        #expect(consumer.lastError == nil)
        try await allow(2047)
    }

    @Test("whoever waits for a confirm through an alarm goes on when it is cancelled")
    func cancelledInAlarm() async throws {
        let broker = try await PrivateBroker.withTLS()
        let configuration = BrokerConfiguration(urls: [try BrokerURL(broker.url)], connectionName: "cancelled")
        let publisher = Publisher(configuration: configuration, logger: Self.logger)
        let running = Task { await publisher.run() }
        defer { running.cancel() }
        try await publisher.becomesUsable()
        _ = try await broker.ctl(["set_vm_memory_high_watermark", "absolute", "1MB"])
        let late = Task { try await publisher.publish(Self.message([1], to: "nowhere")) }
        try await publisher.becomes("blocked") { $0.blockage != nil }
        late.cancel()
        let error = try await Wait.bounded("the publish that was cancelled") {
            await #expect(throws: AMQPError.self) { try await late.value }
        }
        #expect(error?.code == .connectionLost)
        _ = try await broker.ctl(["set_vm_memory_high_watermark", "0.4"])
        try await publisher.becomesUsable()
    }

    @Test("a broker that hangs is noticed by its silence: who waits is told, and when it goes on, so do we")
    func hangingBroker() async throws {
        let broker = try await PrivateBroker.withTLS()
        let configuration = BrokerConfiguration(
            urls: [try BrokerURL(broker.url)], connectionName: "hang", heartbeat: .seconds(1))
        let lane = Lane(queue: "hang", prefetch: 1, declare: QueueDeclaration(name: "hang"))
        let consumer = Consumer(configuration: configuration, lanes: [lane], logger: Self.logger)
        let publisher = Publisher(configuration: configuration, logger: Self.logger)
        let running = [Task { await consumer.run() }, Task { await publisher.run() }]
        defer { for task in running { task.cancel() } }
        let text = try await broker.ctl(["--quiet", "eval", "list_to_integer(os:getpid())."])
        let process = try #require(Int32(text.filter(\.isNumber)))
        try await publisher.becomesUsable()
        try await consumer.becomesConsuming()
        kill(process, SIGSTOP)
        defer { kill(process, SIGCONT) }
        try await Wait.until("the broker to stand still") { try Self.isStopped(process) }
        let error = await #expect(throws: AMQPError.self) {
            try await publisher.publish(Self.message([1], to: "hang"))
        }
        #expect(error?.code == .connectionLost)
        try await consumer.becomes("not connected") { !$0.isConnected }
        #expect(consumer.lastError != nil)
        kill(process, SIGCONT)
        try await publisher.becomesUsable()
        try await consumer.becomesConsuming()
        #expect(try await publisher.publish(Self.message([2], to: "hang")) == .confirmed)
        _ = try await consumer.delivery { $0.body == .bytes([2]) || $0.body == .bytes([1]) }
    }
}
