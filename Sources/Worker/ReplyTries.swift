import AMQP
import Store

/// What is done about a reply by what the broker said of it.
///
/// Pure: chance is a parameter.
struct ReplyTries: Sendable {
    /// How often a refused reply is tried, within 5 s (contract, section 3).
    static let mostRefusals = 3
    /// Closing a channel is how a broker refuses a message for good, for a property that is not ours to set or an
    /// exchange that is not there.
    ///
    /// Not so a missing right: replies go to the default exchange, to which we may write all or none.
    private static let refusingCodes = [404, 406]

    enum Step: Equatable {
        case end(ReplyState)
        case again(after: Duration)
    }

    /// Forged direct reply-to addresses lose the connection: such replies go once at most.
    let isDirect: Bool
    private var refusals = 0

    init(isDirect: Bool) {
        self.isDirect = isDirect
    }

    mutating func published(_ outcome: PublishOutcome, jitter: Double) -> Step {
        switch outcome {
        case .confirmed: .end(.confirmed)
        case .returned: .end(.undeliverable)
        case .refused: refused(jitter)
        }
    }

    mutating func failed(_ error: AMQPError, jitter: Double) -> Step {
        if error.code == .badArgument || isDirect && error.code == .connectionLost { return .end(.undeliverable) }
        if error.code == .connectionLost, let code = error.replyCode {
            if Self.refusingCodes.contains(code) { return refused(jitter) }
            if error.isMissingRight { return .again(after: Self.pause(jitter)) }
        }
        // Nothing was refused: the reply is as good as before, however long the broker is away.
        return .again(after: .milliseconds(50))
    }

    /// - Parameter jitter: 0 to 1. A channel that is closed for one reply takes those beside it along; they must not meet
    ///   again at every try.
    private mutating func refused(_ jitter: Double) -> Step {
        refusals += 1
        guard refusals < Self.mostRefusals else { return .end(.undeliverable) }
        return .again(after: Self.pause(jitter))
    }

    private static func pause(_ jitter: Double) -> Duration { .milliseconds(500 + Int(jitter * 1500)) }
}
