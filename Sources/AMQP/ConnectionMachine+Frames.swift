import Basics

/// What the broker sends.
extension ConnectionMachine {
    mutating func received(_ frame: Frame, on number: UInt16, now: MonotonicTime) -> [Action] {
        guard phase == .open || phase == .closing else { return [] }
        switch frame {
        case .deliver(let tag, let exchange, let key, let redelivered):
            channels[number]?.assembler.start(
                .delivery(tag: tag, exchange: exchange, routingKey: key, redelivered: redelivered))
            return []
        case .returned(let code, let text, let exchange, let key):
            channels[number]?.assembler.start(
                .returned(code: code, text: text, exchange: exchange, routingKey: key))
            return []
        case .header(let properties, let size):
            return completed(channels[number]?.assembler.header(properties, size: size), on: number, now)
        case .body(let part): return completed(channels[number]?.assembler.body(part), on: number, now)
        case .settle(let tag, let multiple, let isAck):
            return settled(tag, multiple: multiple, isAck: isAck, on: number, now)
        case .connectionClose(let error): return reporting(closed(error))
        case .blocked(let reason):
            becomeBlocked(reason, now)
            return reporting([])
        case .unblocked:
            becomeUnblocked(now)
            return reporting([])
        case .cancelled:
            let error = AMQPError(.notFound, "the broker cancelled the consumer: its queue was deleted or moved")
            return reporting(phase == .open ? consumerEnded(number, error, now) : [])
        case .channelClose(let error):
            return reporting(phase == .open ? closedByBroker(number, error, now) : [])
        case .reply(let reply): return reporting(replied(reply, on: number, now))
        case .other: return reporting([])
        }
    }

    /// The broker closes the connection.
    private mutating func closed(_ error: AMQPError) -> [Action] {
        let isLimit = error.code == .limit
        return [.send(.confirmClose)]
            + fail(isLimit ? error : AMQPError(.connectionLost, error.message, replyCode: error.replyCode))
    }

    /// The broker has done what we asked for.
    private mutating func replied(_ reply: Frame.Reply, on number: UInt16, _ now: MonotonicTime) -> [Action] {
        if reply == .connectionClose { return phase == .closing ? fail(AMQPError(.closed, "closed")) : [] }
        guard phase == .open else { return [] }
        switch reply {
        case .consume: becomeReady(number, isPublisher: false, now)
        case .confirmSelect: becomeReady(number, isPublisher: true, now)
        case .cancel: return consumerEnded(number, nil, now)
        case .channelClose: closedByUs(number)
        case .channelOpen, .qos, .queueDeclare, .connectionClose: break
        }
        return []
    }

    /// A whole message came in.
    private mutating func completed(_ content: ContentAssembler.Content?, on number: UInt16, _ now: MonotonicTime)
        -> [Action]
    {
        guard let content else { return [] }
        switch content.start {
        case .returned(let code, let text, let exchange, let key):
            guard number == publishChannel else { return [] }
            let identity = MessageIdentity(
                exchange: exchange, routingKey: key, messageID: content.properties.messageID,
                correlationID: content.properties.correlationID)
            confirms.markReturned(identity, code: code, text: text)
            return []
        case .delivery(let tag, let exchange, let key, let redelivered):
            guard phase == .open, let index = channels[number]?.duty, let lane = duties[index].lane,
                let epoch = channels[number]?.note(tag, now)
            else { return [] }
            let delivery = Delivery(
                tag: DeliveryTag(epoch: epoch, channel: number, number: tag), queue: lane.queue, exchange: exchange,
                routingKey: key, redelivered: redelivered, properties: content.properties, body: content.body)
            return [.report(.delivery(delivery))]
        }
    }

    /// Settles a delivery, once, while the channel that it came by lives; else the broker delivers it again anyway.
    mutating func settle(_ tag: DeliveryTag, _ settlement: Settlement) -> [Action] {
        guard phase == .open, let duty = channels[tag.channel]?.duty, channels[tag.channel]?.settle(tag) == true else {
            return []
        }
        // What is given back was taken by nobody.
        if settlement != .requeue { duties[duty].settled += 1 }
        return [.send(.settle(tag, settlement))] + closeIfDone(tag.channel)
    }
}

extension ConnectionMachine {
    /// Of each lane, what it has in hand at the broker and what it has settled.
    var counts: [QueueCount] {
        var counts = duties.map { duty in
            duty.lane.map { QueueCount(queue: $0.queue, inHand: 0, settled: duty.settled) }
        }
        for channel in channels.values where channel.isLive { counts[channel.duty]?.inHand += channel.unsettled.count }
        return counts.compactMap(\.self)
    }
}
