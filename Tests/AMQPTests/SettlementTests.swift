import Testing

@testable import AMQP

@Suite("Settling deliveries") struct SettlementTests {
    @Test(
        "a delivery carries what the broker said, and is settled once",
        arguments: [
            Settlement.acknowledge, .requeue, .deadLetter,
        ])
    func once(settlement: Settlement) throws {
        let driver = MachineDriver.consumer()
        driver.deliver(5)
        let delivery = try #require(driver.take().deliveries.first)
        #expect(delivery.queue == "q")
        #expect(delivery.body == .bytes([7]))
        #expect(delivery.tag == DeliveryTag(epoch: 1, channel: 1, number: 5))
        driver.settle(delivery.tag, settlement)
        driver.settle(delivery.tag, settlement)
        #expect(driver.take() == [.send(.settle(delivery.tag, settlement))])
    }

    @Test("a tag of an earlier life of its channel is void")
    func earlierChannel() {
        let driver = MachineDriver.consumer()
        driver.deliver(1)
        let tag = driver.take().deliveries[0].tag
        driver.receive(.channelClose(.closed(406, "")))
        driver.pass(.milliseconds(250))
        driver.agree(1)
        driver.deliver(1)
        let next = driver.take().deliveries[0].tag
        driver.settle(tag)
        #expect(driver.take().isEmpty)
        driver.settle(next)
        #expect(driver.takeCommands() == [.settle(next, .acknowledge)])
    }

    @Test("a tag of an earlier connection is void")
    func earlierConnection() {
        let driver = MachineDriver.consumer()
        driver.deliver(1)
        let tag = driver.take().deliveries[0].tag
        driver.fail()
        driver.connect()
        driver.agree(1)
        driver.deliver(1)
        _ = driver.take()
        driver.settle(tag)
        #expect(driver.take().isEmpty)
    }

    @Test("a tag that was never delivered is void")
    func neverDelivered() {
        let driver = MachineDriver.consumer()
        driver.deliver(1)
        _ = driver.take()
        driver.settle(DeliveryTag(epoch: 1, channel: 1, number: 2))
        driver.settle(DeliveryTag(epoch: 1, channel: 2, number: 1))
        #expect(driver.take().isEmpty)
    }

    @Test("a tag that the broker uses twice is delivered once, and nothing is delivered on a publisher's channel")
    func hostile() {
        let driver = MachineDriver.ready([.consume(MachineDriver.lane), .publish])
        driver.deliver(1)
        driver.deliver(1)
        driver.deliver(2, on: 2)
        driver.deliver(3, on: 9)
        #expect(driver.take().deliveries.map(\.tag.number) == [1])
    }
}
