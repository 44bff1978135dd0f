/// Bytes of a file as text: what editors of every system write is taken, and nothing is guessed.
enum TextBytes {
    enum Fault: Error, Equatable {
        case utf16
        /// The first line, from 1, that is not UTF-8.
        case notUTF8(line: Int)

        /// Goes after the file's name; nothing of the content is in it.
        var message: String {
            switch self {
            case .utf16: "is UTF-16: save it as UTF-8"
            case .notUTF8(let line): "is not text in UTF-8: line \(line) is not. Save it as UTF-8"
            }
        }
    }

    /// A byte order mark at the beginning is no part of the text.
    static func text(_ bytes: [UInt8]) throws(Fault) -> String {
        guard !isUTF16(bytes) else { throw .utf16 }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let content = bytes.starts(with: mark) ? bytes[mark.count...] : bytes[...]
        guard let text = String(validating: content, as: UTF8.self) else {
            throw .notUTF8(line: firstBadLine(content))
        }
        return text
    }

    /// By its mark, or by the zero in each of the first letters.
    private static func isUTF16(_ bytes: [UInt8]) -> Bool {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return true }
        guard bytes.count >= 4 else { return false }
        return (bytes[0] == 0 && bytes[2] == 0) || (bytes[1] == 0 && bytes[3] == 0)
    }

    private static func firstBadLine(_ bytes: ArraySlice<UInt8>) -> Int {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return (lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0) + 1
    }
}

extension String {
    /// Without a byte order mark at the beginning: an editor's or a pipeline's, never meant.
    var withoutByteOrderMark: String {
        guard unicodeScalars.first == "\u{FEFF}" else { return self }
        return String(unicodeScalars.dropFirst())
    }

    /// The quotes around it, where they are the same on both sides.
    var hasQuotesAround: Bool {
        guard utf8.count >= 2, let first = utf8.first, first == utf8.last else { return false }
        return [UInt8(ascii: "\""), UInt8(ascii: "'")].contains(first)
    }
}
