import Basics

/// Which URL is tried next, and when: all in turn, with a pause that grows while none works.
///
/// While nobody answers the pauses stay short: a try costs neither side anything, and whoever waits for a code waits for the
/// broker's return, too. One that answers and does not serve is left more and more time, for it may have too much to do.
///
/// One that refuses us (a wrong password, an unknown virtual host, a certificate that does not fit) is left alone for a
/// while: only a change of configuration helps, and hurrying would fill the broker's log.
struct ReconnectPlan {
    static let pauseAfterRefusal: Duration = .seconds(30)
    /// A connection that served and held for so long starts over with a short pause when it is lost.
    ///
    /// One that the broker took its time to refuse a channel on does not: a busy broker would be hurried.
    static let steady: Duration = .seconds(1)

    /// The longest pause while nobody answers.
    static let longestUnanswered: Duration = .seconds(3)
    /// The longest pause while the broker answers and its connections come to nothing.
    static let longestUnserved: Duration = .seconds(30)

    private var backoff = Backoff(first: .milliseconds(250), longest: longestUnserved)
    private var turn = 0
    /// By URL: when it may be tried again.
    private var notBefore: [MonotonicTime?]
    private var random: any RandomNumberGenerator

    /// - Parameter count: how many URLs there are; 1 at least.
    init(count: Int, random: any RandomNumberGenerator = SystemRandomNumberGenerator()) {
        notBefore = Array(repeating: nil, count: max(1, count))
        self.random = random
    }

    /// The URL to try now.
    var index: Int { turn % notBefore.count }

    /// The present URL could not be connected to.
    ///
    /// Returns the pause before the next one.
    mutating func failed(isRefusal: Bool, now: MonotonicTime) -> Duration {
        notBefore[index] = isRefusal ? now + Self.pauseAfterRefusal : nil
        return advance(now, longest: Self.longestUnanswered)
    }

    /// A connection to the present URL was lost.
    ///
    /// Returns the pause before the next one.
    ///
    /// - Parameter hasServed: whether it had a channel that was of use.
    mutating func lost(since connected: MonotonicTime, hasServed: Bool, now: MonotonicTime) -> Duration {
        notBefore[index] = nil
        if hasServed, now - connected >= Self.steady { backoff.reset() }
        return advance(now, longest: Self.longestUnserved)
    }

    /// The next URL in turn that may be tried now; if there is none, the one that may be soonest.
    private mutating func advance(_ now: MonotonicTime, longest: Duration) -> Duration {
        backoff.longest = longest
        let pause = backoff.next(using: &random)
        let candidates = (1...notBefore.count).map { turn + $0 }
        turn =
            candidates.first { wait(for: $0, now) == .zero }
            ?? candidates.min { wait(for: $0, now) < wait(for: $1, now) } ?? turn
        return max(pause, wait(for: turn, now))
    }

    private func wait(for turn: Int, _ now: MonotonicTime) -> Duration {
        guard let time = notBefore[turn % notBefore.count], time > now else { return .zero }
        return time - now
    }
}
