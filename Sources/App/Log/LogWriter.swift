import Basics
import Dispatch
import PollExecutor

/// Writes log lines on a thread of its own: whoever logs never waits for the reader, nor for a full disk.
///
/// What does not fit into its queue, or cannot be written, is lost in whole lines, and one line says how many.
final class LogWriter: Sendable {
    struct Bounds {
        var lines = 8192
        var bytes = 4 << 20
    }

    private enum Piece {
        case line([UInt8])
        /// So many lines are missing here.
        case gap(Int)
        /// Signalled when everything before it was written or lost.
        case mark(DispatchSemaphore)
        case end
    }

    private struct State {
        var queue: [Piece] = []
        /// Lines and bytes not written yet, those in the thread's hands among them.
        var lines = 0
        var bytes = 0
        /// Lost, and not said yet.
        var lost = 0
        var lostInAll = 0
        var hasThread = false

        mutating func lose(_ count: Int) {
            lost += count
            lostInAll += count
        }

        mutating func add(_ piece: Piece) {
            if lost > 0 { queue.append(.gap(lost)) }
            lost = 0
            queue.append(piece)
        }
    }

    /// Standard error's.
    ///
    /// There is one, for its lines must not run into each other.
    static let standardError = LogWriter(descriptor: 2)

    private let descriptor: Int32
    private let bounds: Bounds
    private let state = Locked(State())
    private let wake = DispatchSemaphore(value: 0)
    /// The line that says how many are missing.
    private let notice = Locked<@Sendable (Int) -> String>({ _ in "" })

    init(descriptor: Int32, bounds: Bounds = Bounds()) {
        self.descriptor = descriptor
        self.bounds = bounds
    }

    /// Lines that were lost since the start.
    var lost: Int { state.withLock { $0.lostInAll } }

    /// From here on that is how it says that lines are missing.
    func sayLost(by notice: @escaping @Sendable (Int) -> String) {
        self.notice.withLock { $0 = notice }
    }

    /// Never waits.
    ///
    /// - Parameter line: with its end.
    func write(_ line: String) {
        let bytes = Array(line.utf8)
        let isTaken = state.withLock { state in
            guard state.lines < bounds.lines, state.bytes + bytes.count <= bounds.bytes, hasThread(&state) else {
                state.lose(1)
                return false
            }
            state.lines += 1
            state.bytes += bytes.count
            state.add(.line(bytes))
            return true
        }
        if isTaken { wake.signal() }
    }

    /// Waits until what was logged so far is written or lost, but not for long: nobody may be reading.
    func flush(within patience: Duration = .milliseconds(500)) {
        let mark = DispatchSemaphore(value: 0)
        let isNeeded = state.withLock { state in
            guard state.hasThread else { return false }
            state.add(.mark(mark))
            return true
        }
        guard isNeeded else { return }
        wake.signal()
        _ = mark.wait(timeout: .now() + .milliseconds(Int(patience.milliseconds)))
    }

    /// Ends the thread once it has come to that.
    func close() {
        state.withLock { $0.add(.end) }
        wake.signal()
    }

    private func hasThread(_ state: inout State) -> Bool {
        if !state.hasThread { state.hasThread = OSThread.start(name: "log", loop) }
        return state.hasThread
    }

    private func loop() {
        // A line that was cut off gets its end before the next one begins.
        var isMidLine = false
        while true {
            wake.wait()
            var isWell = true
            while let batch = take() {
                for piece in batch {
                    switch piece {
                    case .line(let bytes):
                        isWell = put(bytes, &isMidLine)
                        settle(bytes.count, isLost: !isWell)
                    case .gap(let count): isWell = put(gap: count, &isMidLine)
                    case .mark(let mark): mark.signal()
                    case .end: return
                    }
                }
            }
            // Nothing came after what was lost: it is said all the same. Where nothing can be written it stays to be said.
            if isWell, let count = takeLost() { _ = put(gap: count, &isMidLine) }
        }
    }

    private func take() -> [Piece]? {
        state.withLock { state in
            guard !state.queue.isEmpty else { return nil }
            defer { state.queue = [] }
            return state.queue
        }
    }

    private func takeLost() -> Int? {
        state.withLock { state in
            defer { state.lost = 0 }
            return state.lost > 0 ? state.lost : nil
        }
    }

    private func put(gap count: Int, _ isMidLine: inout Bool) -> Bool {
        let notice = notice.withLock { $0 }
        let isWritten = put(Array(notice(count).utf8), &isMidLine)
        if !isWritten { state.withLock { $0.lost += count } }
        return isWritten
    }

    private func put(_ line: [UInt8], _ isMidLine: inout Bool) -> Bool {
        let bytes = (isMidLine ? [0x0A] : []) + line
        do throws(WriteFailure) {
            try DescriptorOutput.write(bytes, to: descriptor)
            isMidLine = false
            return true
        } catch {
            if error.written > 0 { isMidLine = true }
            return false
        }
    }

    private func settle(_ bytes: Int, isLost: Bool) {
        state.withLock { state in
            state.lines -= 1
            state.bytes -= bytes
            if isLost { state.lose(1) }
        }
    }
}
