import Testing

@testable import AMQP

@Suite("The life of a connection") struct ConnectionLifeTests {
    private let loss = AMQPError(.connectionLost, "gone")

    @Test("a connection opens, opens its channels when told, and is consuming once all of them are")
    func opening() {
        let driver = MachineDriver([.consume(MachineDriver.lane), .consume(MachineDriver.other)])
        #expect(driver.beginOpening())
        #expect(driver.machine.phase == .opening)
        driver.opened()
        #expect(driver.take().statuses.map(\.isConnected) == [true])
        driver.start()
        #expect(
            driver.takeCommands() == [
                .openChannel(1), .consume(MachineDriver.lane, channel: 1, consumerTag: "q.1"), .openChannel(2),
                .consume(MachineDriver.other, channel: 2, consumerTag: "r.2"),
            ])
        #expect(!driver.machine.hasServed)
        driver.agree(1)
        #expect(driver.machine.hasServed)
        #expect(driver.take().statuses.map(\.isConsuming) == [false])
        driver.agree(2)
        #expect(driver.take().statuses.map(\.isConsuming) == [true])
    }

    @Test("when a send fails, nobody is told how things stood before: the last word is that there is no connection")
    func failedSend() {
        let driver = MachineDriver.ready([.publish, .consume(MachineDriver.lane)])
        driver.publish(1)
        _ = driver.take()
        driver.receive(.channelClose(.closed(404, "no exchange")), on: 1)
        let list = driver.take()
        #expect(list.statuses.last?.isConnected == true)
        driver.failToSend(0, of: list)
        let done = driver.take()
        #expect(done.told == [1: .error(.connectionLost)])
        #expect(done.contains(.drop) && done.commands.isEmpty)
        #expect(done.statuses.map(\.isConnected) == [false])
        #expect(done.statuses.last == driver.machine.status)
    }

    @Test(
        "when the broker's close cannot be agreed to, its reason stays known, and the connection is let go all the same"
    )
    func failedGoodbye() {
        let driver = MachineDriver.publisher()
        driver.publish(1)
        _ = driver.take()
        driver.receive(.connectionClose(.closed(320, "shut down by an operator")), on: 0)
        driver.failToSend(0, of: driver.take())
        let done = driver.take()
        #expect(done.told == [1: .error(.connectionLost)])
        #expect(done.contains(.drop))
        #expect(driver.machine.status.lastError?.replyCode == 320)
        #expect(done.statuses.last?.lastError?.replyCode == 320)
    }

    @Test("starting twice opens no channel twice")
    func startingTwice() {
        let driver = MachineDriver.consumer()
        driver.start()
        #expect(driver.take().isEmpty)
    }

    @Test("nothing is opened over a connection that is there, or under way")
    func openingTwice() {
        var driver = MachineDriver([.publish])
        #expect(driver.beginOpening())
        #expect(!driver.beginOpening())
        driver = .publisher()
        #expect(!driver.beginOpening())
        driver.opened()
        #expect(driver.take().isEmpty)
        driver.close()
        #expect(!driver.beginOpening())
    }

    @Test("while there is no connection, events do nothing, and a message is not sent")
    func disconnected() {
        let driver = MachineDriver([.publish, .consume(MachineDriver.lane)])
        driver.opened()
        #expect(driver.take().isEmpty)
        driver.start()
        #expect(driver.take().isEmpty)
        driver.close()
        #expect(driver.take().isEmpty)
        driver.deliver(1)
        driver.receive(.connectionClose(loss))
        driver.pass(.seconds(3600))
        driver.settle(DeliveryTag(epoch: 0, channel: 1, number: 1))
        #expect(driver.take().isEmpty)
        driver.publish(1)
        #expect(driver.take().told == [1: .error(.notConnected)])
        #expect(driver.machine.nextDeadline == nil)
    }

    @Test("a connection that cannot be made is dropped, with the reason in the status")
    func openingFails() {
        let driver = MachineDriver([.publish])
        driver.beginOpening()
        driver.fail(AMQPError(.authentication, "403"))
        let actions = driver.take()
        #expect(actions.contains(.drop))
        #expect(driver.machine.status.lastError?.code == .authentication)
        #expect(driver.beginOpening())
        #expect(driver.machine.status.lastError?.code == .authentication)
        driver.opened()
        #expect(driver.machine.status.lastError == nil)
    }

    @Test("what fails before there is anything to drop is noted only")
    func failingUnconnected() {
        let driver = MachineDriver([.publish])
        driver.fail(AMQPError(.unreachable, "no such host"))
        let actions = driver.take()
        #expect(actions.count == 1)
        #expect(actions.statuses.map(\.lastError?.code) == [.unreachable])
    }

    @Test("a lost connection is dropped and reported once")
    func losing() {
        let driver = MachineDriver.publisher()
        driver.fail(loss)
        let actions = driver.take()
        #expect(actions.first == .drop)
        #expect(actions.contains(.report(.closed(loss))))
        #expect(actions.statuses.map(\.isConnected) == [false])
        driver.fail(loss)
        #expect(driver.take().isEmpty)
    }

    @Test("the broker's close is answered, and is the end", arguments: [false, true])
    func closedByBroker(whileClosing: Bool) {
        let driver = MachineDriver.publisher()
        if whileClosing { driver.close() }
        _ = driver.take()
        driver.receive(.connectionClose(.closed(320, "forced")), on: 0)
        let actions = driver.take()
        #expect(actions.prefix(2) == [.send(.confirmClose), .drop])
        #expect(driver.machine.status.lastError?.replyCode == 320)
    }

    @Test("an orderly end leaves no error behind")
    func orderlyEnd() {
        let driver = MachineDriver.consumer()
        driver.close()
        #expect(driver.takeCommands() == [.close])
        #expect(driver.machine.phase == .closing)
        driver.close()
        #expect(driver.take().isEmpty)
        driver.receive(.reply(.connectionClose), on: 0)
        #expect(driver.take().contains(.drop))
        #expect(driver.machine.status.lastError == nil)
    }

    @Test("nothing new is done while closing")
    func closing() {
        let driver = MachineDriver.consumer()
        driver.deliver(1)
        let tag = driver.take().deliveries[0].tag
        driver.close()
        _ = driver.take()
        driver.settle(tag)
        driver.deliver(2)
        driver.receive(.cancelled)
        driver.receive(.channelClose(.closed(404, "")))
        driver.stopConsuming()
        driver.pass(.seconds(3600))
        #expect(driver.take().isEmpty)
        driver.start()
        #expect(driver.take().isEmpty)
    }

    @Test("an answer to a close that nobody asked for is passed over")
    func unasked() {
        let driver = MachineDriver.publisher()
        driver.receive(.reply(.connectionClose), on: 0)
        driver.receive(.other, on: 9)
        #expect(driver.take().isEmpty)
        #expect(driver.machine.phase == .open)
    }

    @Test("the next connection has other epochs and consumer tags, and starts with short pauses")
    func nextConnection() {
        let driver = MachineDriver.consumer()
        let before = driver.machine.channels[1]
        for _ in 0..<5 {
            driver.receive(.channelClose(.closed(404, "")))
            driver.pass(.seconds(60))
        }
        driver.fail()
        _ = driver.take()
        #expect(driver.machine.hasServed)
        driver.connect()
        #expect(!driver.machine.hasServed)
        let after = driver.machine.channels[1]
        #expect(before?.epoch != after?.epoch)
        #expect(before?.consumerTag != after?.consumerTag)
        driver.receive(.channelClose(.closed(404, "")))
        _ = driver.take()
        driver.pass(.milliseconds(250))
        #expect(driver.takeCommands().contains(.openChannel(1)))
    }

    @Test("an alarm ends with its connection")
    func alarm() {
        let driver = MachineDriver.publisher()
        driver.receive(.blocked(reason: "low on memory"), on: 0)
        driver.fail()
        driver.connect()
        driver.agree(1)
        #expect(driver.machine.status.isUsable)
    }
}
