import Foundation

/// The tests that the sources of Tests/ declare, by file.
struct TestNames: Sendable {
    private struct File {
        var target: String
        var text: String
    }

    /// By the file's name without `.swift`, or whole where it is a program of another language.
    private let files: [String: [File]]

    /// Read once for all tests.
    static func declared() throws -> TestNames { try once.get() }
    private static let once = Result { try TestNames() }

    private init() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        var files: [String: [File]] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: root.path) {
            let name = String(path.split(separator: "/").last ?? "")
            guard name.hasSuffix(".swift") || name.hasSuffix(".py") else { continue }
            let text = try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
            let target = String(path.split(separator: "/").first ?? "")
            let key = name.hasSuffix(".swift") ? String(name.dropLast(6)) : name
            files[key, default: []].append(File(target: target, text: text))
        }
        self.files = files
    }

    /// Whether `reference`, as `File: display name`, names one test; a program in Python need only hold the words.
    func contain(_ reference: String) -> Bool {
        guard let colon = reference.firstRange(of: ": ") else { return false }
        let (place, name) = (reference[..<colon.lowerBound], String(reference[colon.upperBound...]))
        if place.hasSuffix(".py") { return files[String(place)]?.contains { $0.text.contains(name) } ?? false }
        let parts = place.split(separator: ".").map(String.init)
        let found = (files[parts.last ?? ""] ?? []).filter { parts.count == 1 || $0.target == parts[0] }
        return found.count == 1 && found.allSatisfy { Self.tests(in: $0.text).contains(name) }
    }

    /// The display names of a file's tests; the function's name where a test has no other.
    static func tests(in source: String) -> [String] {
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.filter { lines[$0].drop { $0 == " " }.hasPrefix("@Test") }.compactMap { index in
            // The attribute and what it is of: a test that is said in more lines than these would be none of ours.
            let text = lines[index...].prefix(40).joined(separator: "\n").drop { $0 == " " }.dropFirst("@Test".count)
            return displayName(text) ?? functionName(text)
        }
    }

    private static func displayName(_ attribute: Substring) -> String? {
        guard attribute.hasPrefix("(") else { return nil }
        let argument = attribute.dropFirst().drop { $0.isWhitespace }
        guard argument.hasPrefix("\"") else { return nil }
        var name = ""
        var isEscaped = false
        for character in argument.dropFirst() {
            if character == "\"", !isEscaped { return name }
            isEscaped = character == "\\" && !isEscaped
            if !isEscaped { name.append(character) }
        }
        return nil
    }

    private static func functionName(_ text: Substring) -> String? {
        guard let range = text.firstRange(of: "func ") else { return nil }
        let name = text[range.upperBound...]
        return name.hasPrefix("`")
            ? String(name.dropFirst().prefix { $0 != "`" })
            : String(name.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
    }
}
