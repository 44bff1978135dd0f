import Basics

extension Connection {
    /// Publishes on the confirming channel; the answer comes with the broker's confirm, or with the connection's end.
    ///
    /// Not cancellable: a message that was sent was sent.
    func publish(_ message: Message) async -> Result<PublishOutcome, AMQPError> {
        await withCheckedContinuation { waiter in
            guard handle != nil, channels[1]?.isReady == true else {
                return waiter.resume(
                    returning: .failure(AMQPError(.notConnected, "there is no connection to the broker")))
            }
            guard !isBlocked else {
                return waiter.resume(
                    returning: .failure(AMQPError(.notConnected, "the broker takes no messages just now")))
            }
            queued.append((message, waiter))
            flushQueued()
        }
    }

    /// Sends what waits, as far as window and socket have room.
    func flushQueued() {
        var sent = 0
        while sent < queued.count, confirms.count < Self.publishWindow, !isBlocked, let handle, handle.isWritable {
            let (message, waiter) = queued[sent]
            noteConfirmActivity()
            confirms.add(waiter, messageID: message.properties.messageID)
            sent += 1
            do {
                try handle.publish(message, channel: 1)
            } catch {
                queued.removeFirst(sent)
                return die(error)
            }
        }
        queued.removeFirst(sent)
    }

    /// Acknowledges, if the delivery's channel still lives; else the broker delivers it again anyway.
    func acknowledge(_ tag: DeliveryTag) {
        guard channels[tag.channel]?.epoch == tag.epoch else { return }
        try? send { handle throws(AMQPError) in try handle.acknowledge(tag.channel, tag.number) }
    }

    func reject(_ tag: DeliveryTag, requeue: Bool) {
        guard channels[tag.channel]?.epoch == tag.epoch else { return }
        try? send { handle throws(AMQPError) in try handle.reject(tag.channel, tag.number, requeue: requeue) }
    }

    /// Takes no new deliveries; those in hand can still be acknowledged.
    func cancelConsumers() {
        for (number, channel) in channels where channel.lane != nil {
            try? send { handle throws(AMQPError) in try handle.cancel(number, consumerTag: channel.consumerTag) }
        }
    }
}
