import Basics

/// What has become of a message's code.
enum MessageState: Equatable {
    case waiting, approved, canceled, expired, usedUp
    /// With Twilio's delivery error, or the call's status.
    case undelivered(String)

    /// In words.
    var text: String {
        switch self {
        case .waiting: "waiting"
        case .approved: "approved"
        case .canceled: "canceled"
        case .expired: "expired"
        case .usedUp: "five wrong tries"
        case .undelivered(let reason): "not delivered: \(reason)"
        }
    }
}

/// A phone with what it got, newest first.
struct Phone: Equatable {
    struct Entry: Equatable {
        var message: SimulatedMessage
        var state: MessageState
    }

    var number: String
    var entries: [Entry]
}

extension SimulatedTwilio {
    /// The phones that the latest `limit` messages went to, the one with the newest message first.
    func phones(limit: Int, now: Timestamp) -> [Phone] {
        var phones: [Phone] = []
        var places: [String: Int] = [:]
        for message in outbox.suffix(limit).reversed() {
            let entry = Phone.Entry(message: message, state: state(of: message, now: now))
            if let place = places[message.to] {
                phones[place].entries.append(entry)
            } else {
                places[message.to] = phones.count
                phones.append(Phone(number: message.to, entries: [entry]))
            }
        }
        return phones
    }

    private func state(of message: SimulatedMessage, now: Timestamp) -> MessageState {
        if let reason = message.undelivered { return .undelivered(reason) }
        guard let verification = verifications[message.verificationSID] else { return .expired }
        switch verification.status {
        case .approved: return .approved
        case .canceled: return .canceled
        case .pending: return isExpired(verification, now: now) ? .expired : .waiting
        case .maxAttemptsReached: return isExpired(verification, now: now) ? .expired : .usedUp
        }
    }
}
