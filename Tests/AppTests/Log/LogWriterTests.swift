import Basics
import Foundation
import Glibc
import TestKit
import Testing

@testable import App

/// A pipe with a log writer at one end and this test at the other.
private final class LogPipe: Sendable {
    let writer: LogWriter
    private let ends: (reading: Int32, writing: Int32)
    /// Its number may be another test's as soon as it is closed.
    private let hasReader = Locked(true)

    init(_ bounds: LogWriter.Bounds = LogWriter.Bounds(), flags: Int32 = 0) {
        var ends: [Int32] = [0, 0]
        precondition(pipe(&ends) == 0)
        _ = fcntl(ends[1], F_SETFL, flags)
        self.ends = (ends[0], ends[1])
        writer = LogWriter(descriptor: ends[1], bounds: bounds)
        writer.sayLost { "\($0) log lines were dropped\n" }
    }

    /// What the reader gets until as many lines as were logged are read or told of as dropped.
    func read(until count: Int) async -> [String] {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [ends] in
                var text: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 1000)
                while Self.accounted(for: Self.lines(text)) < count {
                    let count = Glibc.read(ends.reading, &buffer, buffer.count)
                    if count > 0 { text += buffer.prefix(count) } else if count == 0 || errno != EINTR { break }
                }
                continuation.resume(returning: Self.lines(text))
            }
        }
    }

    static func dropped(_ line: String) -> Int? {
        line.hasSuffix(" log lines were dropped") ? Int(line.prefix { $0 != " " }) : nil
    }

    private static func accounted(for lines: [String]) -> Int { lines.reduce(0) { $0 + (dropped($1) ?? 1) } }

    /// Those that have their end.
    private static func lines(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map(String.init)
    }

    func closeReader() {
        hasReader.withLock { hasReader in
            if hasReader { close(ends.reading) }
            hasReader = false
        }
    }

    /// The writer's end stays open: its thread may be about to write.
    deinit {
        writer.close()
        closeReader()
    }
}

@Suite("The log's writer", .timeLimit(.minutes(10)))
struct LogWriterTests {
    @Test(
        "never makes anybody wait for a reader: whole lines are dropped, counted and told of",
        arguments: [0, O_NONBLOCK])
    func unread(flags: Int32) async {
        let pipe = LogPipe(LogWriter.Bounds(lines: 100, bytes: 1 << 20), flags: flags)
        // 5,000 lines are far more than pipe and queue hold; some are longer than a pipe takes in one piece.
        await withTaskGroup { group in
            for task in 0..<10 {
                group.addTask {
                    for number in 0..<500 {
                        let text = String(repeating: "x", count: number % 50 == 0 ? 6000 : 50)
                        pipe.writer.write("<\(task) \(number) \(text)>\n")
                    }
                }
            }
        }
        pipe.writer.flush(within: .milliseconds(10))
        #expect(pipe.writer.lost > 0)
        let lines = await pipe.read(until: 5000)
        let dropped = lines.compactMap(LogPipe.dropped)
        #expect(dropped.reduce(0, +) == pipe.writer.lost)
        #expect(lines.count - dropped.count + pipe.writer.lost == 5000)
        for line in lines where LogPipe.dropped(line) == nil {
            #expect(line.wholeMatch(of: /<[0-9] [0-9]+ (x{50}|x{6000})>/) != nil, "\(line.prefix(80))")
        }
    }

    @Test("bounds what waits in bytes too")
    func bytes() async {
        let pipe = LogPipe(LogWriter.Bounds(lines: 1_000_000, bytes: 100_000))
        for _ in 0..<100 { pipe.writer.write(String(repeating: "x", count: 9999) + "\n") }
        // Ten wait, and what the pipe and the thread hold beside them.
        #expect(pipe.writer.lost >= 70)
        let lines = await pipe.read(until: 100)
        #expect(lines.compactMap(LogPipe.dropped).reduce(0, +) == pipe.writer.lost)
    }

    @Test("writes each line in its order, and flushes before the end")
    func order() async {
        let pipe = LogPipe()
        for number in 0..<100 { pipe.writer.write("\(number)\n") }
        pipe.writer.flush(within: .seconds(60))
        #expect(await pipe.read(until: 100) == (0..<100).map(String.init))
        #expect(pipe.writer.lost == 0)
    }

    @Test("outlives whatever standard error is: closed, full, its reader gone", arguments: ["closed", "full", "gone"])
    func failing(stream: String) async throws {
        signal(SIGPIPE, SIG_IGN)
        let pipe = LogPipe()
        pipe.closeReader()
        let writer =
            switch stream {
            case "closed": LogWriter(descriptor: -1)
            case "full": LogWriter(descriptor: open("/dev/full", O_WRONLY | O_CLOEXEC))
            default: pipe.writer
            }
        for number in 0..<50 { writer.write("\(number)\n") }
        writer.flush(within: .seconds(60))
        #expect(writer.lost == 50)
        writer.close()
    }
}
