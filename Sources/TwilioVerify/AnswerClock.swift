import Basics

/// What an answer's header `Date` says of Twilio's clock beside ours.
struct AnswerClock {
    /// Clocks that are further apart say nothing: the header is wrong, or our own clock is.
    static let maximumOffset: Duration = .seconds(300)

    /// Our clock minus Twilio's, in whole seconds; `nil` when the answer does not say.
    var offset: Duration?

    init(date: String?, now: Timestamp) {
        // Twilio tells whole seconds: a fraction of ours would only feign a difference.
        offset = date.flatMap { HTTPDate.parse($0) }.map { now.roundedDown - $0 }
    }

    /// Of an answer of which no time matters.
    static let untold = AnswerClock(date: nil, now: Timestamp(seconds: 0))

    private var isPlausible: Bool { offset.map { max($0, .zero - $0) <= Self.maximumOffset } ?? true }

    /// `nil` also when it is not plausible.
    var plausibleOffset: Duration? { isPlausible ? offset : nil }

    /// A time of Twilio's; `nil` also when its clock cannot be compared with ours, so that nothing is concluded from it.
    func time(_ name: String, of object: LenientObject) -> Timestamp? { isPlausible ? object.time(name) : nil }
}
