import Basics
import Logging

/// One log event, ready to be written as a line: UTC with milliseconds, nothing in it that could feign another line.
struct LogLine {
    var time: Timestamp
    var level: Logger.Level
    var message: String
    var source: String
    var metadata: Logger.Metadata

    /// Longer texts are cut, deeper ones left out: what others sent may be in them.
    private static let longest = 4000
    private static let deepest = 8
    private static let quote: Set<Unicode.Scalar> = ["\""]
    private static let notInWords = Array("\"\\=".utf8)

    /// One JSON object: `time`, `level`, `message`, `source` and, if there is any, `metadata`.
    var json: String {
        var line = "{\"time\":\"\(time)\",\"level\":\"\(level.rawValue)\",\"message\":"
        Self.appendJSON(message, to: &line)
        line += ",\"source\":"
        Self.appendJSON(source, to: &line)
        if !metadata.isEmpty {
            line += ",\"metadata\":"
            Self.appendJSON(.dictionary(metadata), to: &line, depth: 1)
        }
        return line + "}\n"
    }

    /// For people: time, level, message, then `key=value` in the keys' order.
    var text: String {
        let level = level.rawValue.padding(to: 8)
        var line = "\(time) \(level) "
        LogText.append(message, to: &line, limit: Self.longest, alsoEscaping: [])
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            line += " "
            Self.appendText(.string(key), to: &line)
            line += "="
            Self.appendText(value, to: &line)
        }
        return line + "\n"
    }

    private static func appendJSON(_ text: String, to line: inout String) {
        line += "\""
        LogText.append(text, to: &line, limit: longest, alsoEscaping: quote)
        line += "\""
    }

    private static func appendJSON(_ value: Logger.MetadataValue, to line: inout String, depth: Int) {
        guard depth <= deepest else { return appendJSON("…", to: &line) }
        switch value {
        case .string(let text): appendJSON(text, to: &line)
        case .stringConvertible(let value): appendJSON(value.description, to: &line)
        case .array(let values):
            line += "["
            for (index, value) in values.enumerated() {
                if index > 0 { line += "," }
                appendJSON(value, to: &line, depth: depth + 1)
            }
            line += "]"
        case .dictionary(let values):
            line += "{"
            for (index, (key, value)) in values.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { line += "," }
                appendJSON(key, to: &line)
                line += ":"
                appendJSON(value, to: &line, depth: depth + 1)
            }
            line += "}"
        }
    }

    /// A plain word as it is, everything else as in JSON.
    private static func appendText(_ value: Logger.MetadataValue, to line: inout String) {
        switch value {
        case .string(let text) where isWord(text): line += text
        case .stringConvertible(let value) where isWord(value.description): line += value.description
        default: appendJSON(value, to: &line, depth: 1)
        }
    }

    private static func isWord(_ text: String) -> Bool {
        (1...longest).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !notInWords.contains($0) }
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
