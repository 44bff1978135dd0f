import Basics
import Testing

@testable import AMQP

@Suite("The life of a channel") struct ChannelLifeTests {
    private let gone = AMQPError.closed(404, "no queue")

    @Test("a lane that the broker closes comes back on its own after a pause; the others do not notice")
    func closedLane() {
        let driver = MachineDriver.consumer([MachineDriver.lane, MachineDriver.other])
        driver.receive(.channelClose(gone), on: 1)
        let lost = driver.take()
        #expect(lost.commands == [.confirmChannelClose(1)])
        #expect(lost.statuses.last?.lanes.map(\.isConsuming) == [false, true])
        #expect(lost.statuses.last?.lanes.map(\.lastError?.code) == [.notFound, nil])
        #expect(lost.statuses.last?.isConsuming == false)
        driver.pass(.milliseconds(249))
        #expect(driver.take().isEmpty)
        driver.pass(.milliseconds(1))
        #expect(
            driver.takeCommands() == [
                .openChannel(1), .consume(MachineDriver.lane, channel: 1, consumerTag: "q.3"),
            ])
        driver.agree(1)
        #expect(driver.take().statuses.last?.isConsuming == true)
        #expect(driver.machine.status.lanes.allSatisfy { $0.lastError == nil })
        driver.deliver(1, on: 2)
        #expect(driver.take().deliveries.count == 1)
    }

    @Test("closed channels are counted by the broker's code, over all connections; what AMQP has no code for is one")
    func closesAreCounted() {
        let driver = MachineDriver.consumer([MachineDriver.lane, MachineDriver.other])
        driver.receive(.channelClose(gone), on: 1)
        driver.receive(.channelClose(.closed(4711, "made up")), on: 2)
        driver.fail()
        driver.connect()
        driver.receive(.channelClose(gone), on: 1)
        #expect(driver.machine.tally.channelCloses == [404: 2, 0: 1])
    }

    @Test("a cancelled lane goes on by another channel at once free, and its old one is closed")
    func cancelledLane() {
        let driver = MachineDriver.consumer()
        driver.receive(.cancelled)
        #expect(driver.takeCommands() == [.closeChannel(1)])
        driver.pass(.milliseconds(250))
        #expect(driver.takeCommands().first == .openChannel(2))
        driver.receive(.reply(.channelClose), on: 1)
        #expect(driver.machine.channels.keys.sorted() == [2])
    }

    @Test("the channel of a cancelled lane stays until what is in hand is settled")
    func inHand() {
        let driver = MachineDriver.consumer()
        driver.deliver(1)
        driver.deliver(2)
        let tags = driver.take().deliveries.map(\.tag)
        driver.receive(.cancelled)
        #expect(driver.takeCommands().isEmpty)
        driver.pass(.milliseconds(250))
        #expect(driver.takeCommands().first == .openChannel(2))
        driver.settle(tags[1])
        #expect(driver.takeCommands() == [.settle(tags[1], .acknowledge)])
        driver.settle(tags[0], .requeue)
        #expect(driver.takeCommands() == [.settle(tags[0], .requeue), .closeChannel(1)])
    }

    @Test("what was under way when the consumer was cancelled is still delivered")
    func underWay() {
        let driver = MachineDriver.consumer()
        driver.deliver(1)
        let tag = driver.take().deliveries[0].tag
        driver.receive(.cancelled)
        driver.deliver(2)
        #expect(driver.take().deliveries.map(\.tag.number) == [2])
        driver.settle(tag)
        #expect(driver.takeCommands() == [.settle(tag, .acknowledge)])
    }

    @Test("pauses grow with every loss, up to 30 s, and start over after a while of peace")
    func pauses() {
        let driver = MachineDriver.consumer()
        var expected = Duration.milliseconds(250)
        for _ in 0..<9 {
            driver.receive(.channelClose(gone))
            let pause = (driver.machine.nextDeadline ?? driver.now) - driver.now
            #expect(pause == min(expected, .seconds(30)))
            expected *= 2
            driver.pass(pause)
            driver.agree(1)
        }
        driver.pass(.seconds(1))
        driver.receive(.channelClose(gone))
        #expect(driver.machine.nextDeadline == driver.now + .milliseconds(250))
    }

    @Test("a channel that the broker does not answer on is given up for another")
    func noAnswer() {
        let driver = MachineDriver([.consume(MachineDriver.lane)])
        driver.connect()
        _ = driver.take()
        driver.pass(.seconds(30))
        let actions = driver.take()
        #expect(actions.commands == [.closeChannel(1)])
        #expect(actions.statuses.last?.lanes.first?.lastError?.code == .timeout)
        driver.pass(.milliseconds(250))
        #expect(driver.takeCommands().first == .openChannel(2))
        // The answer that comes after all is nobody's.
        driver.receive(.reply(.consume), on: 1)
        driver.deliver(1, on: 1)
        #expect(driver.take().isEmpty)
        #expect(driver.machine.channels[1]?.phase == .closing)
    }

    @Test("when both close a channel at once, both closes are answered before its number is free")
    func bothClose() {
        let driver = MachineDriver.consumer()
        driver.receive(.cancelled)
        _ = driver.take()
        driver.receive(.channelClose(gone))
        #expect(driver.takeCommands() == [.confirmChannelClose(1)])
        #expect(driver.machine.channels[1] != nil)
        driver.receive(.reply(.channelClose))
        #expect(driver.machine.channels.isEmpty)
        driver.pass(.milliseconds(250))
        #expect(driver.takeCommands().first == .openChannel(1))
    }

    @Test("a connection on which no channel number comes free for long is made anew")
    func noNumber() {
        let driver = MachineDriver([.consume(MachineDriver.lane), .consume(MachineDriver.other)])
        driver.connect(channelLimit: 1)
        driver.agree(1)
        #expect(!driver.take().contains(.drop))
        #expect(driver.machine.status.lanes.map(\.lastError?.code) == [nil, .limit])
        for _ in 0..<120 { driver.pass(.milliseconds(500)) }
        #expect(driver.take().contains(.drop))
        #expect(driver.machine.status.lastError?.code == .connectionLost)
    }

    @Test(
        "with as many numbers as lanes, a lane whose old channel has jobs in hand waits for them, however long they take"
    )
    func heldNumber() {
        let driver = MachineDriver([.consume(MachineDriver.lane)])
        driver.connect(channelLimit: 1)
        driver.agree(1)
        driver.deliver(1)
        let tag = driver.take().deliveries[0].tag
        driver.receive(.cancelled)
        for _ in 0..<240 { driver.pass(.milliseconds(500)) }
        #expect(driver.takeCommands().isEmpty)
        driver.settle(tag)
        driver.receive(.reply(.channelClose))
        _ = driver.take()
        driver.pass(.seconds(30))
        #expect(driver.takeCommands().first == .openChannel(1))
    }

    @Test("numbers are used again, so that a lane lost a hundred times has used two")
    func numbersAreReused() {
        let driver = MachineDriver.consumer()
        var used: Set<UInt16> = [1]
        for _ in 0..<100 {
            let number = driver.machine.channels.keys.max() ?? 0
            driver.receive(.cancelled, on: number)
            driver.pass(.seconds(30))
            driver.receive(.reply(.channelClose), on: number)
            driver.machine.channels.keys.forEach { used.insert($0) }
            driver.machine.channels.keys.sorted().forEach { driver.agree($0) }
        }
        #expect(used == [1, 2])
    }

    @Test("frames that do not fit a channel's state are passed over")
    func nonsense() {
        var driver = MachineDriver.ready([.publish, .consume(MachineDriver.lane)])
        for frame in [
            Frame.reply(.consume), .reply(.confirmSelect), .reply(.channelClose), .reply(.channelOpen), .reply(.qos),
            .reply(.queueDeclare),
        ] {
            for number in [0, 1, 2, 9] as [UInt16] { driver.receive(frame, on: number) }
        }
        // A publisher has no consumer to cancel, and no channel 9 was ever opened.
        driver.receive(.cancelled, on: 1)
        driver.receive(.reply(.cancel), on: 1)
        driver.receive(.cancelled, on: 9)
        driver.receive(.channelClose(gone), on: 9)
        #expect(driver.take().isEmpty)
        driver = MachineDriver([.publish, .consume(MachineDriver.lane)])
        driver.connect()
        _ = driver.take()
        driver.receive(.reply(.consume), on: 1)
        driver.receive(.reply(.confirmSelect), on: 2)
        #expect(driver.take().isEmpty)
        #expect(driver.machine.channels.values.allSatisfy { !$0.isReady })
    }
}
