import Basics
import Testing

@testable import AMQP

@Suite("Publishing") struct PublishingTests {
    @Test("a message is sent on the ready channel, and its waiter told what the broker said")
    func outcomes() {
        let driver = MachineDriver.publisher()
        for waiter in 1...4 { driver.publish(waiter) }
        #expect(driver.takeCommands() == (1...4).map { .publish(MachineDriver.message($0), channel: 1) })
        driver.comeBack("2")
        driver.receive(.settle(number: 2, multiple: true, isAck: true))
        driver.receive(.settle(number: 4, multiple: false, isAck: false))
        #expect(
            driver.take().told == [
                1: .outcome(.confirmed), 2: .outcome(.returned(code: 312, text: "NO_ROUTE")), 4: .outcome(.refused),
            ])
    }

    @Test("before the broker agreed to confirm, nothing is sent")
    func notReady() {
        let driver = MachineDriver([.publish])
        driver.connect()
        driver.receive(.reply(.channelOpen))
        _ = driver.take()
        driver.publish(1)
        #expect(
            driver.take() == [.resume(1, .failure(AMQPError(.notConnected, "there is no connection to the broker")))])
    }

    @Test("no more than the window is unconfirmed at once; a confirm makes room")
    func window() {
        let driver = MachineDriver.publisher(limits: ConnectionLimits(publishWindow: 2))
        for waiter in 1...4 { driver.publish(waiter) }
        #expect(driver.takeCommands().count == 2)
        #expect(!driver.machine.canPublish)
        driver.receive(.settle(number: 1, multiple: false, isAck: true))
        driver.flush()
        #expect(driver.takeCommands() == [.publish(MachineDriver.message(3), channel: 1)])
    }

    @Test("a full socket leaves messages queued, in order")
    func socketIsFull() {
        let driver = MachineDriver.publisher()
        driver.queue(1)
        driver.queue(2)
        #expect(driver.take().isEmpty)
        #expect(driver.machine.canPublish)
        driver.flush()
        #expect(driver.takeCommands() == (1...2).map { .publish(MachineDriver.message($0), channel: 1) })
        driver.publishNext()
        #expect(driver.take().isEmpty)
    }

    @Test("while the broker is blocked nothing is sent: what is new is refused, what is queued waits")
    func blocked() {
        let driver = MachineDriver.publisher(limits: ConnectionLimits(publishWindow: 1))
        driver.publish(1)
        driver.publish(2)
        _ = driver.take()
        driver.receive(.blocked(reason: "low on memory"), on: 0)
        let status = driver.take().statuses.last
        #expect(status?.blockage == BrokerStatus.Blockage(reason: "low on memory", since: driver.now))
        #expect(status?.isUsable == false)
        driver.publish(3)
        #expect(driver.take().told == [3: .error(.notConnected)])
        driver.receive(.settle(number: 1, multiple: false, isAck: true))
        driver.flush()
        #expect(driver.takeCommands().isEmpty)
        driver.receive(.unblocked, on: 0)
        driver.flush()
        let actions = driver.take()
        #expect(actions.commands == [.publish(MachineDriver.message(2), channel: 1)])
        #expect(actions.statuses.last?.isUsable == true)
    }

    @Test("a second alarm keeps the time of the first")
    func secondAlarm() {
        let driver = MachineDriver.publisher()
        driver.receive(.blocked(reason: "low on memory"), on: 0)
        let since = driver.now
        driver.pass(.seconds(5))
        driver.receive(.blocked(reason: "low on disk"), on: 0)
        #expect(driver.machine.status.blockage == BrokerStatus.Blockage(reason: "low on disk", since: since))
    }

    @Test("a broker that confirms nothing for 10 s is left; each confirm, and the end of an alarm, starts that anew")
    func patience() {
        let driver = MachineDriver.publisher()
        driver.publish(1)
        driver.publish(2)
        driver.pass(.seconds(9))
        driver.receive(.settle(number: 1, multiple: false, isAck: true))
        driver.pass(.seconds(9))
        driver.receive(.blocked(reason: ""), on: 0)
        driver.pass(.seconds(60))
        driver.receive(.unblocked, on: 0)
        driver.pass(.milliseconds(9_999))
        #expect(driver.machine.phase == .open)
        #expect(driver.machine.nextDeadline == driver.now + .milliseconds(1))
        _ = driver.take()
        driver.pass(.milliseconds(1))
        #expect(driver.take().told == [2: .error(.connectionLost)])
        #expect(driver.machine.status.lastError?.code == .connectionLost)
    }

    @Test("with nothing unconfirmed there is nothing to wait for")
    func idle() {
        let driver = MachineDriver.publisher()
        driver.publish(1)
        driver.receive(.settle(number: 1, multiple: false, isAck: true))
        #expect(driver.machine.nextDeadline == nil)
        driver.pass(.seconds(3600))
        #expect(driver.machine.phase == .open)
    }

    @Test("a lost connection: what was sent may have arrived, what was not sent has not")
    func lost() {
        let driver = MachineDriver.publisher(limits: ConnectionLimits(publishWindow: 2))
        for waiter in 1...3 { driver.publish(waiter) }
        _ = driver.take()
        driver.fail()
        #expect(
            driver.take().told == [1: .error(.connectionLost), 2: .error(.connectionLost), 3: .error(.notConnected)])
    }

    @Test("a closed channel: the same, with the broker's code, and a new channel counts from 1 again")
    func channelClosed() {
        let driver = MachineDriver.publisher(limits: ConnectionLimits(publishWindow: 1))
        driver.publish(1)
        driver.publish(2)
        _ = driver.take()
        driver.receive(.channelClose(.closed(406, "no")))
        let actions = driver.take()
        #expect(actions.commands == [.confirmChannelClose(1)])
        #expect(actions.told == [1: .error(.connectionLost), 2: .error(.notConnected)])
        for case .resume(_, .failure(let error)) in actions { #expect(error.replyCode == 406) }
        #expect(actions.statuses.last?.isUsable == false)
        #expect(driver.machine.status.lastError?.replyCode == 406)
        driver.publish(3)
        #expect(driver.take().told == [3: .error(.notConnected)])
        driver.pass(.milliseconds(250))
        driver.agree(1)
        #expect(driver.machine.status.lastError == nil)
        driver.publish(4)
        _ = driver.take()
        driver.receive(.settle(number: 1, multiple: false, isAck: true))
        #expect(driver.take().told == [4: .outcome(.confirmed)])
    }

    @Test("without the right to publish there is a channel again, and the reason stays known until something is taken")
    func noRight() {
        let driver = MachineDriver.publisher()
        driver.publish(1)
        driver.receive(.channelClose(.closed(403, "no")))
        driver.pass(.milliseconds(250))
        driver.agree(1)
        #expect(driver.machine.status.isUsable)
        #expect(driver.machine.status.lastError?.code == .accessRefused)
        driver.publish(2)
        _ = driver.take()
        driver.receive(.settle(number: 1, multiple: false, isAck: true))
        #expect(driver.take().statuses.map(\.lastError) == [nil])
    }

    @Test("while closing, confirms and returns still count, and nothing is sent")
    func closing() {
        let driver = MachineDriver.publisher(limits: ConnectionLimits(publishWindow: 2))
        for waiter in 1...3 { driver.publish(waiter) }
        driver.close()
        _ = driver.take()
        driver.comeBack("1")
        driver.receive(.settle(number: 1, multiple: false, isAck: true))
        driver.flush()
        #expect(driver.take().told == [1: .outcome(.returned(code: 312, text: "NO_ROUTE"))])
        driver.publish(4)
        #expect(driver.take().told == [4: .error(.notConnected)])
        driver.receive(.reply(.connectionClose), on: 0)
        #expect(driver.take().told == [2: .error(.connectionLost), 3: .error(.notConnected)])
    }

    @Test("confirms and returns on another channel than the publisher's are nobody's")
    func otherChannel() {
        let driver = MachineDriver.ready([.publish, .consume(MachineDriver.lane)])
        driver.publish(1)
        _ = driver.take()
        driver.receive(.settle(number: 1, multiple: true, isAck: true), on: 2)
        driver.comeBack("1", on: 2)
        #expect(driver.take().isEmpty)
        driver.receive(.settle(number: 1, multiple: true, isAck: true))
        #expect(driver.take().told == [1: .outcome(.confirmed)])
    }
}
