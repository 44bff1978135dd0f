import Basics

/// Counts the messages in hand, and tells when there are none left.
final class InFlight: Sendable {
    private let inHand = Watched(0)

    var count: Int { inHand.value }

    func enter() { inHand.update { $0 += 1 } }

    func leave() { inHand.update { $0 -= 1 } }

    /// Returns once nothing is in hand, or when the task is cancelled.
    func waitUntilEmpty() async { await inHand.wait { $0 == 0 } }
}
