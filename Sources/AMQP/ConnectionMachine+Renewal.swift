import Basics

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
