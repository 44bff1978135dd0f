import Basics
import Testing

@testable import AMQP

@Suite("Renewing quiet lanes") struct RenewalTests {
    private static let lane = Lane(queue: "q", prefetch: 4, renewal: .seconds(15))

    private let driver = MachineDriver.consumer([Self.lane])

    private func renew() {
        driver.pass(.seconds(15))
        #expect(
            driver.takeCommands() == [
                .cancelConsumer(1, consumerTag: "q.1"), .openChannel(2),
                .consume(Self.lane, channel: 2, consumerTag: "q.2"),
            ])
    }

    @Test("a lane that hears nothing for long is consumed by another channel, and stays consumed meanwhile")
    func quiet() {
        #expect(driver.machine.nextDeadline == driver.now + .seconds(15))
        renew()
        #expect(driver.machine.status.isConsuming)
        driver.agree(2)
        driver.receive(.reply(.cancel), on: 1)
        let actions = driver.take()
        #expect(actions.commands == [.closeChannel(1)])
        #expect(actions.statuses.isEmpty)
        driver.receive(.reply(.channelClose), on: 1)
        #expect(driver.machine.channels.keys.sorted() == [2])
        #expect(driver.machine.nextDeadline == driver.now + .seconds(15))
    }

    @Test("with no number free beside it, a quiet lane's channel is closed first and then opened anew")
    func oneNumber() {
        let driver = MachineDriver([.consume(Self.lane)])
        driver.connect(channelLimit: 1)
        driver.agree(1)
        _ = driver.take()
        driver.pass(.seconds(15))
        #expect(driver.takeCommands() == [.cancelConsumer(1, consumerTag: "q.1")])
        driver.receive(.reply(.cancel))
        #expect(driver.takeCommands() == [.closeChannel(1)])
        driver.receive(.reply(.channelClose))
        driver.pass(.milliseconds(250))
        #expect(driver.takeCommands().first == .openChannel(1))
        driver.agree(1)
        #expect(driver.machine.status.isConsuming)
    }

    @Test("what the old channel still delivers counts, and can be settled")
    func late() {
        renew()
        driver.deliver(1, on: 1)
        let tag = driver.take().deliveries[0].tag
        driver.receive(.reply(.cancel), on: 1)
        #expect(driver.takeCommands().isEmpty)
        driver.settle(tag)
        #expect(driver.takeCommands() == [.settle(tag, .acknowledge), .closeChannel(1)])
    }

    @Test("each delivery begins the wait anew, and what is in hand puts it off")
    func busy() {
        driver.pass(.seconds(14))
        driver.deliver(1)
        let tag = driver.take().deliveries[0].tag
        #expect(driver.machine.nextDeadline == nil)
        driver.pass(.seconds(14))
        driver.settle(tag)
        #expect(driver.takeCommands() == [.settle(tag, .acknowledge)])
        #expect(driver.machine.nextDeadline == driver.now + .seconds(1))
        driver.pass(.milliseconds(999))
        #expect(driver.takeCommands().isEmpty)
        driver.pass(.milliseconds(1))
        #expect(driver.takeCommands().first == .cancelConsumer(1, consumerTag: "q.1"))
    }

    @Test("a renewal that fails shows that the lane is lost; it comes back after a pause")
    func refused() {
        renew()
        driver.receive(.channelClose(.closed(404, "no queue")), on: 2)
        let actions = driver.take()
        #expect(actions.statuses.last?.lanes.map(\.lastError?.code) == [.notFound])
        #expect(!driver.machine.status.isConsuming)
        driver.receive(.reply(.cancel), on: 1)
        driver.pass(.milliseconds(250))
        #expect(driver.takeCommands().contains(.consume(Self.lane, channel: 2, consumerTag: "q.3")))
    }

    @Test("one that the broker does not answer is given up as any other")
    func unanswered() {
        renew()
        driver.pass(.seconds(30))
        #expect(driver.takeCommands() == [.closeChannel(2)])
        #expect(!driver.machine.status.isConsuming)
    }

    @Test("a pause in the middle of it cancels the new one too")
    func paused() {
        renew()
        driver.pauseConsuming()
        #expect(driver.takeCommands() == [.cancelConsumer(2, consumerTag: "q.2")])
        driver.pass(.seconds(3600))
        #expect(driver.takeCommands().isEmpty)
    }

    @Test("without a renewal a lane is left as it is")
    func never() {
        let driver = MachineDriver.consumer()
        driver.pass(.seconds(3600))
        #expect(driver.take().isEmpty)
    }
}
