import Basics

/// What a connection is for: each duty has a channel of its own, made anew when it is lost.
enum Duty: Sendable, Equatable {
    case publish
    case consume(Lane)
}

/// A duty and how it stands.
struct DutyState {
    enum Place: Equatable {
        /// Not wanted now, or there is no connection.
        case none
        /// Its channel was lost; it gets another one then.
        case waiting(until: MonotonicTime)
        case channel(UInt16)
    }

    let duty: Duty
    var place = Place.none
    var backoff: Backoff
    /// Why it has no channel.
    var error: AMQPError?
    /// Its deliveries that were settled for good, over all connections.
    var settled = 0
    /// Since when it has wanted a channel number and got none.
    var numberlessSince: MonotonicTime?

    init(_ duty: Duty) {
        self.duty = duty
        // One message that the broker refuses must not hold up those of everybody else for long.
        backoff = Backoff(first: .milliseconds(250), longest: duty == .publish ? .seconds(2) : .seconds(30))
    }

    var lane: Lane? {
        if case .consume(let lane) = duty { return lane }
        return nil
    }
}

/// One life of one channel number.
struct ChannelState {
    enum Phase: Equatable {
        /// Opened and told its duty, the broker has not agreed yet.
        case opening(until: MonotonicTime)
        case ready(since: MonotonicTime)
        /// We asked for no more deliveries.
        case cancelling
        /// Nothing will be delivered any more; what was delivered can still be settled.
        case cancelled
        /// We closed it; its number is free once the broker agrees.
        case closing
    }

    /// Index of its duty.
    let duty: Int
    let epoch: UInt64
    let consumerTag: String
    /// It was opened while the lane was consumed by another one, which may have lost its consumer.
    let renews: Bool
    var phase: Phase
    /// When something was delivered last, or when it became ready.
    var quietSince: MonotonicTime
    let assembler: ContentAssembler
    /// Deliveries in hand.
    ///
    /// The broker closes a channel on which one is settled twice.
    var unsettled: Set<UInt64> = []

    var isOpening: Bool {
        if case .opening = phase { return true }
        return false
    }

    var isReady: Bool {
        if case .ready = phase { return true }
        return false
    }

    /// Whether its lane is consumed, as far as is known.
    var isConsuming: Bool { isReady || (renews && isOpening) }

    /// Whether deliveries of this channel still count.
    var isLive: Bool { phase != .closing }

    /// Takes a delivery in hand.
    ///
    /// Returns its epoch, or `nil` if it does not count.
    mutating func note(_ tag: UInt64, _ now: MonotonicTime) -> UInt64? {
        quietSince = now
        return isLive && unsettled.insert(tag).inserted ? epoch : nil
    }

    /// Lets go of a delivery.
    ///
    /// False if it is none of this life's, or was settled before.
    mutating func settle(_ tag: DeliveryTag) -> Bool {
        isLive && tag.epoch == epoch && unsettled.remove(tag.number) != nil
    }
}

/// Hands out channel numbers, always the lowest that is free: each number that was ever used costs the library a page
/// of 128 KiB for as long as the connection lives.
struct ChannelNumbers {
    /// The highest number that the broker agreed to.
    let limit: UInt16
    private var taken: Set<UInt16> = []

    init(limit: UInt16) {
        self.limit = limit
    }

    var isAnyFree: Bool { taken.count < Int(limit) }

    mutating func take() -> UInt16? {
        guard limit > 0, let number = (1...limit).first(where: { !taken.contains($0) }) else { return nil }
        taken.insert(number)
        return number
    }

    mutating func release(_ number: UInt16) {
        taken.remove(number)
    }
}
