import Basics
import Glibc
import Logging
import ServiceLifecycle
import UnixSignals

/// Ends the process at once where there is nothing to drain: while it starts, and when it is told a second time.
///
/// Nothing is lost that way: jobs in hand are as safe as in a crash, and another worker sees them through. The exit
/// code is 0, for the end was asked for.
struct Termination: Service {
    private let isRunning = Locked(false)
    private let logger: Logger

    /// Watches from here on.
    static func watch(_ logger: Logger) async -> Termination {
        let termination = Termination(logger: logger)
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        Task.detached { await termination.obey(signals) }
        return termination
    }

    private init(logger: Logger) {
        self.logger = logger
    }

    /// From here on the first signal is the service group's, to drain by.
    func run() async throws {
        isRunning.withLock { $0 = true }
        try? await gracefulShutdown()
    }

    private func obey(_ signals: UnixSignalsSequence) async {
        var isFirst = true
        for await signal in signals {
            if !isFirst || !isRunning.withLock({ $0 }) { end("\(signal)") }
            isFirst = false
        }
    }

    func end(_ why: String) {
        logger.notice("ending at once", metadata: ["why": "\(why)"])
        // Nobody may be reading the log: then this is the end too.
        LogWriter.standardError.flush(within: .milliseconds(200))
        _exit(0)
    }
}
