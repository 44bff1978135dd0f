import Foundation
import Testing

@testable import App

@Suite("The reference of all keys in docs/configuration.md")
struct PublishedKeysTests {
    private static let begin = "<!-- keys: UPDATE_DOCS=1 and PublishedKeysTests write what follows -->"
    private static let end = "<!-- end of keys -->"

    private var page: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("docs/configuration.md")
    }

    private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }

    private static func row(_ key: ConfigKey) -> String {
        let fallback =
            switch key.fallback {
            case nil: "none"
            case ""?: "blank"
            case let text?: "`\(text)`"
            }
        let read =
            switch key.reading {
            case .atStart: "at the start"
            case .whenItsFileChanges: "when its file changes"
            case .onceIntoTheStore: "by `store init`; then the store's holds"
            }
        let meaning = key.meaning + (key.isHidden ? " (secret)" : "")
        let cells = ["`\(key.name)`", fallback, key.kind.allowed, key.unit ?? "", read, meaning]
        return "| " + cells.map(cell).joined(separator: " | ") + " |"
    }

    private static func table(_ keys: [ConfigKey]) -> String {
        (["| key | default | allowed | unit | read | meaning |", "| --- | --- | --- | --- | --- | --- |"]
            + keys.map(row)).joined(separator: "\n")
    }

    @Test("7 config: the page has every key with default, range, unit, and when it is read")
    func pageIsUpToDate() throws {
        let text = try String(contentsOf: page, encoding: .utf8)
        let begin = try #require(text.range(of: Self.begin), "the page has lost its marker")
        let end = try #require(text.range(of: Self.end), "the page has lost its end marker")
        let table = "\n\n\(Self.table(ConfigKey.all))\n\n"
        if ProcessInfo.processInfo.environment["UPDATE_DOCS"] == "1" {
            let updated = text[..<begin.upperBound] + table + text[end.lowerBound...]
            try String(updated).write(to: page, atomically: true, encoding: .utf8)
            return
        }
        #expect(
            text[begin.upperBound..<end.lowerBound] == table,
            "docs/configuration.md is out of date: run this test with UPDATE_DOCS=1")
    }

    @Test("every number has a unit, and nothing else has one", arguments: ConfigKey.all.map(\.name))
    func units(name: String) throws {
        let key = try #require(ConfigKey.named(name))
        let isNumber =
            switch key.kind {
            case .number, .seconds: true
            case .text, .path, .providerSecret, .flag, .choice, .sid, .words, .countries, .brokers, .store, .twilio,
                .proxy, .listen, .frontEnds:
                false
            }
        #expect((key.unit != nil) == isNumber)
        #expect(!key.meaning.isEmpty && key.meaning != "likewise", "\(name) says nothing by itself")
    }

    @Test("what is read again is what the credentials are made of, and every such key is a key")
    func readAgain() {
        #expect(ConfigKey.readAgain.allSatisfy { ConfigKey.named($0) != nil })
        #expect(ConfigKey.readAgain == Set(TwilioCredentials.names))
        #expect(ConfigKey.all.filter { $0.reading == .onceIntoTheStore }.count == 6)
    }
}
