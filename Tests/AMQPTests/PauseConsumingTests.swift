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

    @Test("one lane is paused alone, over connections too, and comes back alone; what it had in hand is settled")
    func oneLane() {
        let driver = MachineDriver.consumer([MachineDriver.lane, MachineDriver.other])
        driver.deliver(1)
        let inHand = driver.take().deliveries[0].tag
        driver.pause(["q"])
        #expect(driver.takeCommands() == [.cancelConsumer(1, consumerTag: "q.1")])
        driver.receive(.reply(.cancel))
        #expect(driver.machine.status.lanes.map(\.isPaused) == [true, false])
        // It is as it is wanted: a worker that starts while a lane is paused becomes ready.
        #expect(driver.machine.status.isConsuming)
        driver.settle(inHand)
        #expect(driver.takeCommands() == [.settle(inHand, .acknowledge), .closeChannel(1)])
        driver.fail()
        driver.connect()
        driver.pass(.seconds(3600))
        let opened = driver.takeCommands().filter { if case .consume = $0 { true } else { false } }
        #expect(opened == [.consume(MachineDriver.other, channel: 1, consumerTag: "r.3")])
        driver.agree(1)
        driver.pause([])
        #expect(
            driver.takeCommands() == [
                .openChannel(2), .consume(MachineDriver.lane, channel: 2, consumerTag: "q.4"),
            ])
    }

    @Test("a lane's pause and the pause of all hold beside each other")
    func both() {
        let driver = MachineDriver.consumer([MachineDriver.lane, MachineDriver.other])
        driver.pause(["q"])
        driver.pauseConsuming()
        driver.receive(.reply(.cancel), on: 1)
        driver.receive(.reply(.cancel), on: 2)
        _ = driver.take()
        driver.pause([])
        #expect(driver.takeCommands().isEmpty)
        driver.pause(["r"])
        driver.resumeConsuming()
        #expect(
            driver.takeCommands().contains {
                if case .consume(let lane, _, _) = $0 { lane.queue == "q" } else { false }
            }
        )
        #expect(!driver.machine.status.lanes[1].isConsuming)
    }

    @Test("what is in hand and what was settled is counted by queue; what a lost connection had went back")
    func counts() {
        let driver = MachineDriver.consumer([MachineDriver.lane, MachineDriver.other])
        for tag in 1...4 { driver.deliver(UInt64(tag)) }
        driver.deliver(1, on: 2)
        let tags = driver.take().deliveries.map(\.tag)
        driver.settle(tags[0])
        driver.settle(tags[0])
        driver.settle(tags[1], .requeue)
        driver.settle(tags[2], .deadLetter)
        #expect(
            driver.machine.counts == [
                QueueCount(queue: "q", inHand: 1, settled: 2), QueueCount(queue: "r", inHand: 1, settled: 0),
            ])
        driver.fail()
        driver.connect()
        #expect(driver.machine.counts.map(\.inHand) == [0, 0])
        #expect(driver.machine.counts.map(\.settled) == [2, 0])
    }
}
