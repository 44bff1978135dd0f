import Testing

@testable import AMQP

@Suite("Stopping to consume") struct StopConsumingTests {
    @Test("a lane is cancelled, and what is in hand can still be settled", arguments: [false, true])
    func cancelling(byBroker: Bool) {
        let driver = MachineDriver.consumer()
        driver.deliver(1)
        let first = driver.take().deliveries[0].tag
        driver.stopConsuming()
        #expect(driver.takeCommands() == [.cancelConsumer(1, consumerTag: "q.1")])
        #expect(!driver.machine.status.isConsuming)
        driver.deliver(2)
        let second = driver.take().deliveries[0].tag
        driver.settle(first)
        driver.receive(byBroker ? .cancelled : .reply(.cancel))
        #expect(driver.takeCommands() == [.settle(first, .acknowledge)])
        driver.settle(second)
        #expect(driver.takeCommands() == [.settle(second, .acknowledge), .closeChannel(1)])
        driver.receive(.reply(.channelClose))
        driver.pass(.seconds(3600))
        #expect(driver.take().isEmpty)
        #expect(driver.machine.status.lanes.first?.lastError == nil)
    }

    @Test("a lane that is just being opened is cancelled too")
    func whileOpening() {
        let driver = MachineDriver([.consume(MachineDriver.lane)])
        driver.connect()
        _ = driver.take()
        driver.stopConsuming()
        #expect(driver.takeCommands() == [.cancelConsumer(1, consumerTag: "q.1")])
        driver.receive(.reply(.consume))
        #expect(driver.machine.channels[1]?.phase == .cancelling)
        driver.receive(.reply(.cancel))
        #expect(driver.takeCommands() == [.closeChannel(1)])
    }

    @Test("a lane that waits for its next channel gets none, and a closed one none either")
    func lostLanes() {
        let driver = MachineDriver.consumer([MachineDriver.lane, MachineDriver.other])
        driver.receive(.channelClose(.closed(404, "")), on: 1)
        driver.stopConsuming()
        driver.receive(.channelClose(.closed(404, "")), on: 2)
        #expect(
            driver.takeCommands() == [
                .confirmChannelClose(1), .cancelConsumer(2, consumerTag: "r.2"), .confirmChannelClose(2),
            ])
        driver.pass(.seconds(3600))
        #expect(driver.take().isEmpty)
    }

    @Test("the next connection consumes nothing either")
    func nextConnection() {
        let driver = MachineDriver.consumer()
        driver.stopConsuming()
        driver.fail()
        _ = driver.take()
        driver.connect()
        driver.pass(.seconds(3600))
        #expect(driver.takeCommands().isEmpty)
        driver.stopConsuming()
        #expect(driver.takeCommands().isEmpty)
    }

    @Test("a second wish changes nothing")
    func twice() {
        let driver = MachineDriver.consumer()
        driver.stopConsuming()
        _ = driver.take()
        driver.stopConsuming()
        #expect(driver.take().isEmpty)
    }
}
