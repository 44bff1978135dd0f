import Basics

/// Channels: one per duty. A lost one is made anew after a pause that grows, with another epoch and consumer tag; the
/// other channels know nothing of it.
extension ConnectionMachine {
    func isWanted(_ index: Int) -> Bool {
        guard phase == .open else { return false }
        guard let lane = duties[index].lane else { return true }
        return wantsDeliveries && !pausedQueues.contains(lane.queue)
    }

    mutating func openChannel(for index: Int, renewing: Bool = false, _ now: MonotonicTime) -> [Action] {
        guard let number = numbers.take() else { return waitForNumber(index, now) }
        duties[index].numberlessSince = nil
        epoch += 1
        let duty = duties[index].duty
        duties[index].place = .channel(number)
        // A tag that was used before can wedge a consumer of RabbitMQ 3.10.
        let tag = duties[index].lane.map { "\($0.queue).\(epoch)" } ?? ""
        channels[number] = ChannelState(
            duty: index, epoch: epoch, consumerTag: tag, renews: renewing,
            phase: .opening(until: now + limits.openingPatience), quietSince: now,
            assembler: ContentAssembler(limit: limits.maximumBodySize))
        switch duty {
        case .publish: return [.send(.openChannel(number)), .send(.selectConfirms(number))]
        case .consume(let lane):
            return [.send(.openChannel(number)), .send(.consume(lane, channel: number, consumerTag: tag))]
        }
    }

    /// All numbers are taken: by channels that are left for others and still have jobs in hand, or whose end the broker
    /// has not agreed to yet.
    ///
    /// The one may take as long as a job does, the other may not.
    private mutating func waitForNumber(_ index: Int, _ now: MonotonicTime) -> [Action] {
        let since = duties[index].numberlessSince ?? now
        let isHeld = channels.values.contains { $0.isLive && !$0.isReady && !$0.unsettled.isEmpty }
        guard isHeld || now - since < limits.openingPatience else {
            return fail(AMQPError(.connectionLost, "no channel number is left: the broker lets none of them go"))
        }
        duties[index].numberlessSince = since
        duties[index].error = AMQPError(.limit, "no channel number is free")
        duties[index].place = .waiting(until: now + duties[index].backoff.next(using: &random))
        return []
    }

    /// The broker agreed to a channel's duty.
    mutating func becomeReady(_ number: UInt16, isPublisher: Bool, _ now: MonotonicTime) {
        guard let channel = channels[number], channel.isOpening,
            isPublisher == (duties[channel.duty].duty == .publish)
        else { return }
        channels[number]?.phase = .ready(since: now)
        hasServed = true
        channels[number]?.quietSince = now
        // Rights show only when a message is published: until one is taken, nothing says that they are back.
        if duties[channel.duty].error?.code != .accessRefused || !isPublisher { duties[channel.duty].error = nil }
        if isPublisher { publishChannel = number }
    }

    /// The broker closed a channel: what was on it is void, its number is free once we agree.
    mutating func closedByBroker(_ number: UInt16, _ error: AMQPError, _ now: MonotonicTime) -> [Action] {
        guard let channel = channels[number] else { return [] }
        tally.noteChannelClose(error.replyCode)
        let agree = Action.send(.confirmChannelClose(number))
        // Both closed at once: the number stays taken until our own close is answered too.
        guard channel.isLive else { return [agree] }
        vacate(number, because: error, now)
        channels[number] = nil
        numbers.release(number)
        guard publishChannel == number else { return [agree] }
        publishChannel = nil
        return [agree] + failPublishes(error)
    }

    /// Our close of a channel was answered.
    mutating func closedByUs(_ number: UInt16) {
        guard let channel = channels[number], !channel.isLive else { return }
        channels[number] = nil
        numbers.release(number)
    }

    /// No more deliveries: the broker ended the consumer, or agreed to our wish.
    ///
    /// What is in hand can still be settled, so the channel stays until it is, and the lane goes on by another one.
    mutating func consumerEnded(_ number: UInt16, _ error: AMQPError?, _ now: MonotonicTime) -> [Action] {
        guard let channel = channels[number], duties[channel.duty].lane != nil,
            channel.isReady || channel.isOpening || channel.phase == .cancelling
        else { return [] }
        vacate(number, because: error, now)
        channels[number]?.phase = .cancelled
        return closeIfDone(number)
    }

    /// Closes a cancelled channel once nothing of it is in hand.
    mutating func closeIfDone(_ number: UInt16) -> [Action] {
        guard channels[number]?.phase == .cancelled, channels[number]?.unsettled.isEmpty == true else { return [] }
        channels[number]?.phase = .closing
        return [.send(.closeChannel(number))]
    }

    /// Takes the duty away from a channel; another one is opened for it later, if it is wanted.
    private mutating func vacate(_ number: UInt16, because error: AMQPError?, _ now: MonotonicTime) {
        guard let channel = channels[number], duties[channel.duty].place == .channel(number) else { return }
        let index = channel.duty
        duties[index].place = .none
        guard isWanted(index) else { return }
        duties[index].error = error
        if case .ready(let since) = channel.phase, now - since >= limits.steady { duties[index].backoff.reset() }
        duties[index].place = .waiting(until: now + duties[index].backoff.next(using: &random))
    }

    // MARK: Time

    var nextChannelDeadline: MonotonicTime? {
        var next: MonotonicTime?
        for case .waiting(let until) in duties.lazy.map(\.place) { next = min(next ?? until, until) }
        for case .opening(let until) in channels.values.lazy.map(\.phase) { next = min(next ?? until, until) }
        if let renewal = nextRenewal { next = min(next ?? renewal, renewal) }
        return next
    }

    /// Tries another channel in the place of one that the broker does not answer on.
    mutating func giveUpOpening(_ now: MonotonicTime) -> [Action] {
        var actions: [Action] = []
        for (number, channel) in channels.sorted(by: { $0.key < $1.key }) {
            guard case .opening(let until) = channel.phase, until <= now else { continue }
            vacate(number, because: AMQPError(.timeout, "the broker does not answer on a new channel"), now)
            channels[number]?.phase = .closing
            actions.append(.send(.closeChannel(number)))
        }
        return actions
    }

    mutating func openDue(_ now: MonotonicTime) -> [Action] {
        var actions: [Action] = []
        for index in duties.indices {
            guard case .waiting(let until) = duties[index].place, until <= now else { continue }
            actions += openChannel(for: index, now)
        }
        return actions
    }

    /// Takes no new deliveries, on this connection or a later one; those in hand can still be settled.
    ///
    /// - Parameter forGood: ``resumeConsuming(now:)`` changes nothing any more.
    mutating func stopConsuming(forGood: Bool = true) -> [Action] {
        wantsDeliveries = false
        if forGood { mayResume = false }
        return reporting(endConsuming { _ in true })
    }

    /// Takes deliveries of all lanes but these, on this connection or a later one.
    ///
    /// What is in hand of them can still be settled; whatever else keeps a lane from being consumed still does.
    mutating func pause(_ queues: Set<String>, now: MonotonicTime) -> [Action] {
        let ended = queues.subtracting(pausedQueues)
        pausedQueues = queues
        let actions = endConsuming { ended.contains($0.queue) }
        // A lane whose consumer is still being cancelled follows when the broker has agreed.
        return reporting(actions + (isStarted ? start(now: now) : []))
    }

    private mutating func endConsuming(of isMeant: (Lane) -> Bool) -> [Action] {
        var actions: [Action] = []
        for index in duties.indices {
            guard let lane = duties[index].lane, isMeant(lane) else { continue }
            guard phase == .open, case .channel(let number) = duties[index].place, let channel = channels[number] else {
                duties[index].place = .none
                continue
            }
            guard channel.isReady || channel.isOpening else { continue }
            channels[number]?.phase = .cancelling
            actions.append(.send(.cancelConsumer(number, consumerTag: channel.consumerTag)))
        }
        return actions
    }

    /// Takes deliveries again, each lane by a channel of its own: what is in hand stays on the old one.
    mutating func resumeConsuming(now: MonotonicTime) -> [Action] {
        guard mayResume, !wantsDeliveries else { return [] }
        wantsDeliveries = true
        // A lane whose consumer is still being cancelled follows when the broker has agreed.
        return isStarted ? start(now: now) : []
    }
}

/// Renewing: a lane that hears nothing for long may have lost its consumer without a word, so it gets another one. What
/// is still delivered by the old one counts as ever.
extension ConnectionMachine {
    /// When the next lane has been quiet for as long as it may.
    var nextRenewal: MonotonicTime? { duties.lazy.compactMap(renewal).min() }

    mutating func renewQuiet(_ now: MonotonicTime) -> [Action] {
        var actions: [Action] = []
        for index in duties.indices {
            guard case .channel(let number) = duties[index].place, let channel = channels[number],
                let due = renewal(of: duties[index]), due <= now
            else { continue }
            channels[number]?.phase = .cancelling
            actions.append(.send(.cancelConsumer(number, consumerTag: channel.consumerTag)))
            // With as many numbers as lanes there is none for two channels of one: then one follows the other.
            if numbers.isAnyFree { actions += openChannel(for: index, renewing: true, now) }
        }
        return actions
    }

    private func renewal(of duty: DutyState) -> MonotonicTime? {
        guard let patience = duty.lane?.renewal, let channel = channel(of: duty), channel.isReady,
            channel.unsettled.isEmpty
        else { return nil }
        return channel.quietSince + patience
    }
}
