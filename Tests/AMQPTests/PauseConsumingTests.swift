import Testing

@testable import AMQP

@Suite("Pausing to consume") struct PauseConsumingTests {
    @Test("a lane comes back on a channel of its own; what was in hand is settled on the old one")
    func resuming() {
        let driver = MachineDriver.consumer()
        driver.deliver(1)
        let inHand = driver.take().deliveries[0].tag
        driver.pauseConsuming()
        driver.receive(.reply(.cancel))
        #expect(driver.takeCommands() == [.cancelConsumer(1, consumerTag: "q.1")])
        #expect(!driver.machine.status.isConsuming)
        driver.resumeConsuming()
        #expect(
            driver.takeCommands() == [
                .openChannel(2), .consume(MachineDriver.lane, channel: 2, consumerTag: "q.2"),
            ])
        driver.agree(2)
        #expect(driver.machine.status.isConsuming)
        driver.settle(inHand)
        #expect(driver.takeCommands() == [.settle(inHand, .acknowledge), .closeChannel(1)])
    }

    @Test("resumed before the broker agreed to the end, the lane follows when it has")
    func inBetween() {
        let driver = MachineDriver.consumer()
        driver.pauseConsuming()
        driver.resumeConsuming()
        #expect(driver.takeCommands() == [.cancelConsumer(1, consumerTag: "q.1")])
        driver.receive(.reply(.cancel))
        driver.pass(.seconds(31))
        #expect(driver.takeCommands().contains(.consume(MachineDriver.lane, channel: 2, consumerTag: "q.2")))
    }

    @Test("a pause holds over connections, and so does its end")
    func connections() {
        let driver = MachineDriver.consumer()
        driver.pauseConsuming()
        driver.fail()
        driver.connect()
        driver.pass(.seconds(3600))
        #expect(driver.takeCommands() == [.cancelConsumer(1, consumerTag: "q.1")])
        driver.fail()
        driver.resumeConsuming()
        #expect(driver.takeCommands().isEmpty)
        driver.connect()
        #expect(driver.takeCommands().contains(.consume(MachineDriver.lane, channel: 1, consumerTag: "q.2")))
    }

    @Test("a connection that is not started yet opens no lane early")
    func notStarted() {
        let driver = MachineDriver([.consume(MachineDriver.lane)])
        driver.pauseConsuming()
        driver.beginOpening()
        driver.opened()
        driver.resumeConsuming()
        #expect(driver.takeCommands().isEmpty)
        driver.start()
        #expect(driver.takeCommands().count == 2)
    }

    @Test("stopped for good, nothing brings it back")
    func forGood() {
        let driver = MachineDriver.consumer()
        driver.pauseConsuming()
        driver.stopConsuming()
        driver.receive(.reply(.cancel))
        _ = driver.take()
        driver.resumeConsuming()
        driver.pass(.seconds(3600))
        #expect(driver.take().isEmpty)
    }
}
