import App
import ArgumentParser
import Basics
import Foundation
import Store

/// Whether a command that takes long tells how far it is.
struct ProgressOptions: ParsableArguments {
    @Flag(
        inversion: .prefixedNo,
        help: "Tell on standard error how far it is. Default: where that is a terminal.")
    var progress: Bool?

    private var isWanted: Bool { progress ?? Terminal.isTerminal(STDERR_FILENO) }

    /// What `body` returns, told of meanwhile.
    ///
    /// - Parameter body: gets what it tells how far it is.
    func during<Value: Sendable>(
        _ body: (@escaping StoreProgress.Told) async throws -> Value
    ) async throws -> Value {
        guard isWanted else { return try await body { _ in } }
        let line = ProgressLine(isTerminal: Terminal.isTerminal(STDERR_FILENO)) { StandardError.show($0) }
        defer { line.end() }
        let told: StoreProgress.Told = { line.tell($0) }
        return try await StoreProgress.$told.withValue(told) { try await body(told) }
    }
}

/// How far it is, on one line that is written over; where there is no terminal, on a line now and then.
final class ProgressLine: Sendable {
    private static let pauseOnTerminal = Duration.milliseconds(200)
    private static let pauseElsewhere = Duration.seconds(10)

    private struct State {
        var toldAt: MonotonicTime?
        /// The terminal's line holds something.
        var isOpen = false
    }

    private let isTerminal: Bool
    private let clock: @Sendable () -> MonotonicTime
    private let show: @Sendable (String) -> Void
    private let state = Locked(State())

    init(
        isTerminal: Bool, clock: @escaping @Sendable () -> MonotonicTime = { .now() },
        show: @escaping @Sendable (String) -> Void
    ) {
        (self.isTerminal, self.clock, self.show) = (isTerminal, clock, show)
    }

    func tell(_ progress: StoreProgress) {
        let now = clock()
        state.withLock { state in
            let pause = isTerminal ? Self.pauseOnTerminal : Self.pauseElsewhere
            if let before = state.toldAt, now - before < pause { return }
            (state.toldAt, state.isOpen) = (now, isTerminal)
            let text = LogText.printable(Self.text(progress))
            show(isTerminal ? "\r\u{1B}[K\(text)" : "\(text)\n")
        }
    }

    /// Leaves the terminal's line empty for what is said next.
    func end() {
        state.withLock { state in
            if state.isOpen { show("\r\u{1B}[K") }
            state.isOpen = false
        }
    }

    static func text(_ progress: StoreProgress) -> String {
        guard let all = progress.of, all > 0 else { return "\(progress.what): \(progress.done)" }
        return "\(progress.what): \(progress.done) of \(all) (\(progress.done * 100 / all) %)"
    }
}
