import Basics
import DequeModule

/// Publishing with confirms.
extension ConnectionMachine {
    /// Queues a message; ``publishNext(now:)`` sends it.
    ///
    /// Whoever waits is told its outcome once, at once if it cannot be sent now.
    mutating func publish(_ message: Message, _ waiter: Waiter) -> [Action] {
        guard phase == .open, publishChannel != nil else {
            return [.resume(waiter, .failure(AMQPError(.notConnected, "there is no connection to the broker")))]
        }
        guard blockage == nil else {
            return [.resume(waiter, .failure(AMQPError(.notConnected, "the broker takes no messages just now")))]
        }
        queued.append((message, waiter))
        return []
    }

    /// Whether a queued message may be sent now, as far as the broker goes; the socket must have room besides.
    var canPublish: Bool {
        phase == .open && blockage == nil && publishChannel != nil && !queued.isEmpty
            && confirms.count < limits.publishWindow
    }

    mutating func publishNext(now: MonotonicTime) -> [Action] {
        guard canPublish, let number = publishChannel, let (message, waiter) = queued.popFirst() else { return [] }
        if confirms.count == 0 { confirmDeadline = now + limits.confirmPatience }
        confirms.add(waiter, MessageIdentity(message))
        return [.send(.publish(message, channel: number))]
    }

    /// The broker spoke of messages.
    mutating func settled(
        _ tag: UInt64, multiple: Bool, isAck: Bool, on number: UInt16, _ now: MonotonicTime
    ) -> [Action] {
        guard number == publishChannel else { return [] }
        let told = confirms.settle(tag, multiple: multiple, isAck: isAck)
        confirmDeadline = confirms.count == 0 ? nil : now + limits.confirmPatience
        if let index = channels[number]?.duty { duties[index].error = nil }
        return reporting(told.map { .resume($0, .success($1)) })
    }

    mutating func becomeBlocked(_ reason: String, _ now: MonotonicTime) {
        blockage = BrokerStatus.Blockage(reason: reason, since: blockage?.since ?? now)
    }

    /// While it was blocked, the broker had no reason to confirm anything: its time starts over.
    mutating func becomeUnblocked(_ now: MonotonicTime) {
        blockage = nil
        if confirms.count > 0 { confirmDeadline = now + limits.confirmPatience }
    }

    /// The channel for publishing is gone, and nobody will speak of what was sent on it.
    mutating func failPublishes(_ error: AMQPError) -> [Action] {
        publishChannel = nil
        confirmDeadline = nil
        let lost = AMQPError(.connectionLost, error.message, replyCode: error.replyCode)
        let unsent = AMQPError(.notConnected, error.message, replyCode: error.replyCode)
        defer { queued = [] }
        return confirms.drain().map { .resume($0, .failure(lost)) }
            + queued.map { .resume($0.1, .failure(unsent)) }
    }
}
