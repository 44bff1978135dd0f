import Basics
import Foundation
import Logging
import TestKit
import Testing

@testable import App

@Suite("Log lines")
struct LogLineTests {
    private static let time = Timestamp(milliseconds: 1_769_860_800_007)

    private func line(_ message: String, _ metadata: Logger.Metadata = [:]) -> LogLine {
        LogLine(time: Self.time, level: .notice, message: message, source: "Worker", metadata: metadata)
    }

    @Test("in JSON have time, level, message, source and metadata")
    func json() {
        #expect(
            line("drained", ["in_hand": "0", "lanes": ["send", "check"], "deep": ["b": "2", "a": "1"]]).json
                == #"{"time":"2026-01-31T12:00:00.007Z","level":"notice","message":"drained","source":"Worker","metadata":{"deep":{"a":"1","b":"2"},"in_hand":"0","lanes":["send","check"]}}"#
                + "\n")
        #expect(!line("x").json.contains("metadata"))
    }

    @Test("in text have them in one line, with quotes where a value is no plain word")
    func text() {
        #expect(
            line("drained", ["in_hand": "0", "why": "two words", "none": "", "list": ["a"], "k v": "a=b"]).text
                == "2026-01-31T12:00:00.007Z notice   drained in_hand=0 \"k v\"=\"a=b\" list=[\"a\"] none=\"\" why=\"two words\"\n"
        )
    }

    static let attacks = [
        "one\ntwo", "one\r\n2026-01-31T12:00:00.000Z critical feigned", "\u{1B}[2J\u{1B}]0;title\u{7}", "\u{0}",
        "\u{7F}",
        "\u{85}", "\u{9B}31m", "\u{2028}\u{2029}", "\u{202E}gnirts", "\u{2066}x\u{2069}", "\u{FEFF}", #"\n"#,
        #"\u000a"#,
        #"","level":"critical"#, "\"", #"\"#, "a=b \"c\" level=critical", "😀 é 中",
        String(repeating: "x", count: 10_000),
    ]

    @Test("hold hostile text in message, value and key without ending or feigning a line", arguments: attacks)
    func hostile(text: String) throws {
        let line = line(text, ["key": .string(text), text: "value", "list": [.string(text)], "map": [text: "x"]])
        for written in [line.json, line.text] {
            #expect(written.unicodeScalars.filter { $0 == "\n" }.count == 1)
            #expect(written.hasSuffix("\n"))
            #expect(written.dropLast().unicodeScalars.allSatisfy(Self.isHarmless))
        }
        #expect(line.text.hasPrefix("2026-01-31T12:00:00.007Z notice   "))
        let read = try #require(try JSONSerialization.jsonObject(with: Data(line.json.utf8)) as? [String: Any])
        #expect(Set(read.keys) == ["time", "level", "message", "source", "metadata"])
        #expect(read["level"] as? String == "notice")
        let metadata = try #require(read["metadata"] as? [String: Any])
        let cut = text.count > 4000 ? text.prefix(4000) + "…" : text[...]
        // A backslash is doubled before JSON doubles it again: an escape of ours cannot be feigned.
        if !text.contains("\\") { #expect(read["message"] as? String == String(cut)) }
        #expect(metadata["key"] as? String == read["message"] as? String)
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        ![.control, .lineSeparator, .paragraphSeparator, .format].contains(scalar.properties.generalCategory)
    }

    @Test("cut what nests too deeply")
    func deep() throws {
        var value: Logger.MetadataValue = "inside"
        for _ in 0..<10_000 { value = [value] }
        let json = line("x", ["deep": value]).json
        #expect(json.count < 300)
        #expect(json.contains("…"))
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(json.utf8)) }
    }

    @Test("stay JSON whatever is in them", arguments: 1...100)
    func anything(seed: UInt64) throws {
        var random = Seeded(seed)
        func text() -> String {
            var text = ""
            for _ in 0..<Int.random(in: 0..<30, using: &random) {
                let range: ClosedRange<UInt32> = Bool.random(using: &random) ? 0...0xFF : 0...0x10FFFF
                if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) {
                    text.unicodeScalars.append(scalar)
                }
            }
            return text
        }
        let line = line(text(), [text(): .string(text()), text(): [.string(text()), [text(): .string(text())]]])
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.json.utf8)) }
        #expect(line.text.unicodeScalars.filter { $0.properties.generalCategory == .control } == ["\n"])
    }

    private struct Failure: Error, CustomStringConvertible {
        var description: String { "it\nfailed" }
    }

    @Test("carry what the logger, its provider, the call and an error say, the later ones first")
    func handler() throws {
        let lines = Locked<[String]>([])
        func logger(_ format: LogFormat) -> Logger {
            var logger = Logger(label: "test") { _ in
                var handler = LineLogHandler(format, clock: { Self.time }) { line in lines.withLock { $0.append(line) }
                }
                handler.metadataProvider = .init { ["b": "provider", "c": "provider"] }
                return handler
            }
            logger[metadataKey: "a"] = "logger"
            logger[metadataKey: "b"] = "logger"
            return logger
        }
        logger(.text).error("x", error: Failure(), metadata: ["c": "call"])
        logger(.json).info("x")
        logger(.json).debug("not logged")
        let written = lines.withLock { $0 }
        #expect(written.count == 2)
        let start = "2026-01-31T12:00:00.007Z error    x a=logger b=provider c=call error.message=\"it\\u000afailed\" "
        #expect(written.first?.hasPrefix(start) == true)
        #expect(written.first?.contains("Failure") == true)
        #expect(written.last?.hasPrefix("{\"time\":\"2026-01-31T12:00:00.007Z\",\"level\":\"info\"") == true)
    }
}
