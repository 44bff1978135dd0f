import Basics
import Foundation
import Store
import TestKit
import Testing

@testable import verify_courier

@Suite("What people see at a terminal") struct TerminalTests {
    @Test(
        "columns are aligned, numbers to the right, by what characters take; an optional one is there if it has a value"
    )
    func table() {
        let columns: [TextTable.Column] = [
            .init("ID", number: true), .init("NAME"), .init("LOCKED", optional: true), .init("WHY"),
        ]
        let table = TextTable(columns, [["7", "anna", nil, "x"], ["112", "王小明", nil, nil]])
        #expect(
            table.lines.map(\.text) == [" ID  NAME    WHY", "  7  anna    x", "112  王小明  -"])
        #expect(TextTable(columns, [["7", "a", "yes", "x"]]).lines[0].text == "ID  NAME  LOCKED  WHY")
    }

    @Test("a cell ends no line and moves no cursor, and is as wide as what is shown of it")
    func harmful() {
        let table = TextTable([.init("A"), .init("B")], [["x\n\u{1B}[2J", "y"]])
        #expect(table.lines[1].text == #"x\u000a\u001b[2J  y"#)
    }

    @Test("colour is around its piece alone, and nowhere without")
    func colour() {
        let line = StyledLine([.init(text: "fail", tone: .bad), .init(text: " key\u{1B}[2J")])
        #expect(line.written(inColour: true) == "\u{1B}[1;31mfail\u{1B}[0m key\\u001b[2J")
        #expect(line.written(inColour: false) == "fail key\\u001b[2J")
    }

    @Test("colour is for terminals that have it, where NO_COLOR is unset or empty")
    func wanted() {
        #expect(Terminal.hasColour(isTerminal: true, ["TERM": "xterm"]))
        #expect(Terminal.hasColour(isTerminal: true, ["TERM": "xterm", "NO_COLOR": ""]))
        #expect(!Terminal.hasColour(isTerminal: true, ["TERM": "xterm", "NO_COLOR": "1"]))
        #expect(!Terminal.hasColour(isTerminal: true, ["TERM": "dumb"]) && !Terminal.hasColour(isTerminal: true, [:]))
        #expect(!Terminal.hasColour(isTerminal: false, ["TERM": "xterm"]))
    }

    @Test("how far it is: written over on a terminal five times a second, a line every ten seconds elsewhere")
    func progress() {
        let now = Locked(MonotonicTime.now())
        let shown = Locked("")
        func tell(_ isTerminal: Bool) -> String {
            shown.withLock { $0 = "" }
            let line = ProgressLine(isTerminal: isTerminal, clock: { now.withLock { $0 } }) { text in
                shown.withLock { $0 += text }
            }
            for (seconds, done) in [(0.0, 0), (0.1, 1), (0.3, 2), (11, 3)] {
                now.withLock { $0 = $0 + .seconds(seconds) }
                line.tell(StoreProgress("people", done, of: 4))
            }
            line.end()
            return shown.withLock { $0 }
        }
        let over = "\r\u{1B}[K"
        #expect(
            tell(true)
                == "\(over)people: 0 of 4 (0 %)\(over)people: 2 of 4 (50 %)\(over)people: 3 of 4 (75 %)\(over)")
        #expect(tell(false) == "people: 0 of 4 (0 %)\npeople: 3 of 4 (75 %)\n")
        #expect(ProgressLine.text(StoreProgress("values", 7)) == "values: 7")
    }

    @Test("the program at a terminal: in colour, but not with NO_COLOR, and never in a pipe", .timeLimit(.minutes(2)))
    func program() async throws {
        let folder = try Folder()
        // Nobody is there.
        let account = ConfigErrorTests.account.merging([
            "HOME": folder.path, "TERM": "xterm", "VERIFY_COURIER_BROKER_URL": "amqp://127.0.0.1:1",
            "VERIFY_COURIER_TWILIO_BASE_URL": "http://127.0.0.1:1",
        ]) { $1 }
        let command = "'\(try WorkerProcess.program)' doctor"
        func atTerminal(_ command: String, _ more: [String: String] = [:]) async throws -> String {
            let output = "\(folder.path)/typescript"
            let process = try ChildProcess(
                "script", ["-qec", command, output], environment: account.merging(more) { $1 },
                ChildProcess.Streams(output: "/dev/null", errors: "/dev/null"))
            _ = await process.waitUntilEnd()
            return try String(contentsOfFile: output, encoding: .utf8)
        }
        #expect(try await atTerminal(command).contains("\u{1B}[32mok"))
        #expect(try await !atTerminal(command, ["NO_COLOR": "1"]).contains("\u{1B}["))
        #expect(try await !atTerminal("\(command) | cat").contains("\u{1B}["))
    }
}
