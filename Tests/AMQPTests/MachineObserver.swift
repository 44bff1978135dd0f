import Basics

@testable import AMQP

/// Watches a machine from outside: what it was told and what it wanted done.
///
/// Keeps a list of what it must never do.
struct MachineObserver {
    private struct Channel {
        var isPublisher: Bool
        var consumerTag = ""
        var isReady = false
        var isClosing = false
        var wasClosedByBroker = false
        var unsettled: Set<UInt64> = []
    }

    let window: Int
    let limit: UInt16
    private(set) var violations: [String] = []
    private(set) var told: [Int: Told] = [:]
    private(set) var sent: Set<Int> = []
    private(set) var usedNumbers: Set<UInt16> = []
    private var channels: [UInt16: Channel] = [:]
    private var tags: Set<String> = []
    private var isConnected = false
    private var isClosing = false
    private var isBlocked = false

    init(window: Int, limit: UInt16) {
        self.window = window
        self.limit = limit
    }

    mutating func connected() {
        isConnected = true
        isClosing = false
        isBlocked = false
    }

    /// A frame of the broker, before the machine sees it.
    mutating func comes(_ frame: Frame, on number: UInt16) {
        guard isConnected else { return }
        switch frame {
        case .blocked: isBlocked = true
        case .unblocked: isBlocked = false
        case .reply(.confirmSelect) where channels[number]?.isPublisher == true: channels[number]?.isReady = true
        case .reply(.consume) where channels[number]?.isPublisher == false: channels[number]?.isReady = true
        case .reply(.channelClose) where channels[number]?.isClosing == true && !isClosing: channels[number] = nil
        case .channelClose: channels[number]?.wasClosedByBroker = true
        default: break
        }
    }

    mutating func see(_ actions: [ConnectionAction<Int>]) {
        for action in actions {
            switch action {
            case .send(let command): sees(command)
            case .resume(let waiter, let result):
                demand(told[waiter] == nil, "waiter \(waiter) was told twice")
                told[waiter] = Told(result)
                check(told[waiter], of: waiter)
            case .report(.delivery(let delivery)):
                channels[delivery.tag.channel]?.unsettled.insert(delivery.tag.number)
                demand(channels[delivery.tag.channel]?.isClosing == false, "a delivery of a channel that is gone")
            case .report: break
            case .drop:
                isConnected = false
                channels = [:]
            }
        }
    }

    private mutating func check(_ told: Told?, of waiter: Int) {
        switch told {
        case .error(.notConnected): demand(!sent.contains(waiter), "\(waiter) was sent, and told that it was not")
        case .error(.connectionLost): demand(sent.contains(waiter), "\(waiter) was not sent, and told that it may be")
        case .error(let code): demand(false, "\(waiter) was told \(code)")
        default: demand(sent.contains(waiter), "\(waiter) has an outcome and was not sent")
        }
    }

    private mutating func sees(_ command: Command) {
        demand(isConnected, "\(command) without a connection")
        demand(!isClosing || command == .confirmClose, "\(command) after the good-bye")
        switch command {
        case .openChannel(let number):
            demand((1...limit).contains(number) && channels[number] == nil, "channel \(number) is opened twice")
            channels[number] = Channel(isPublisher: true)
            usedNumbers.insert(number)
        case .selectConfirms(let number): demand(channels[number] != nil, "confirms on no channel")
        case .consume(_, let number, let tag):
            demand(tags.insert(tag).inserted, "consumer tag \(tag) is used twice")
            channels[number]?.isPublisher = false
            channels[number]?.consumerTag = tag
        case .close: isClosing = true
        case .confirmClose: break
        default: seesLater(command)
        }
    }

    private mutating func seesLater(_ command: Command) {
        switch command {
        case .cancelConsumer(let number, let tag):
            demand(channels[number]?.consumerTag == tag && isOpen(number), "a consumer that is not there is cancelled")
        case .closeChannel(let number):
            demand(isOpen(number) && channels[number]?.unsettled == [], "a channel is closed in use, or twice")
            channels[number]?.isClosing = true
        case .confirmChannelClose(let number):
            demand(channels[number]?.wasClosedByBroker == true, "nobody closed channel \(number)")
            channels[number]?.wasClosedByBroker = false
            if channels[number]?.isClosing == false { channels[number] = nil }
        case .publish(let message, let number):
            sent.insert(Int(message.properties.messageID ?? "") ?? 0)
            demand(channels[number]?.isReady == true && isOpen(number), "published before the channel is ready")
            demand(channels[number]?.isPublisher == true && !isBlocked, "published on a lane, or while blocked")
            demand(sent.count - sent.count { told[$0] != nil } <= window, "more in flight than the window")
        case .settle(let tag, _):
            demand(isOpen(tag.channel), "settled on a channel that is gone")
            let isInHand = channels[tag.channel]?.unsettled.remove(tag.number) != nil
            demand(isInHand, "settled what is not in hand")
        default: break
        }
    }

    private func isOpen(_ number: UInt16) -> Bool {
        channels[number]?.isClosing == false
    }

    private mutating func demand(_ isRight: Bool, _ what: String) {
        if !isRight { violations.append(what) }
    }
}
