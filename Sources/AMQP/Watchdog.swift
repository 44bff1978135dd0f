import Basics
import Glibc
import PollExecutor
import Synchronization

/// Frees a connection's thread that hangs in a send.
///
/// librabbitmq 0.11 waits for ever when it has to send to a peer that is silent but not gone (rabbitmq-c #780). Nothing
/// but a shutdown of the socket from outside ends that; the call then fails and the connection is made anew.
final class Watchdog: Sendable {
    static let shared = Watchdog()

    private struct Watched {
        var executor: PollExecutor
        var descriptor: Int32
        var patience: Duration
    }

    private let watched = Locked<[ObjectIdentifier: Watched]>([:])
    private let isRunning = Atomic(false)

    /// From a connection's opening on.
    func watch(_ executor: PollExecutor, descriptor: Int32, patience: Duration) {
        watched.withLock {
            $0[ObjectIdentifier(executor)] = Watched(
                executor: executor, descriptor: descriptor, patience: patience)
        }
        guard isRunning.exchange(true, ordering: .relaxed) == false else { return }
        Task.detached {
            while true {
                try? await Task.sleep(for: .seconds(1))
                self.look()
            }
        }
    }

    /// Before the descriptor is closed: its number may be another's soon.
    func forget(_ executor: PollExecutor) {
        watched.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(executor)) }
    }

    private func look() {
        let now = MonotonicTime.now()
        watched.withLock { watched in
            for entry in watched.values where now - entry.executor.lastTick > entry.patience {
                shutdown(entry.descriptor, Int32(SHUT_RDWR))
            }
        }
    }
}
