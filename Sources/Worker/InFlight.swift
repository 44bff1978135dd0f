import Basics

/// Counts the messages in hand, and tells when there are none left.
final class InFlight: Sendable {
    private let inHand = Watched(0)

    var count: Int { inHand.value }

    func enter() { inHand.update { $0 += 1 } }

    func leave() { inHand.update { $0 -= 1 } }

    /// Returns once no more than `count` are in hand, or when the task is cancelled.
    func wait(until count: Int) async { await inHand.wait { $0 <= count } }
}
