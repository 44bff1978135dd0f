/// An input that people can read and write: lines `name value`, an empty line, then bytes as they are.
struct LinedInput {
    struct Line {
        var name: String
        var value: [UInt8]

        var text: String { String(decoding: value, as: UTF8.self) }
    }

    var lines: [Line] = []
    var rest: [UInt8] = []

    init(_ input: [UInt8]) {
        var left = input[...]
        while !left.isEmpty {
            let line = left.prefix { $0 != UInt8(ascii: "\n") }
            left = left.dropFirst(line.count + 1)
            if line.isEmpty { break }
            let name = line.prefix { $0 != UInt8(ascii: " ") }
            lines.append(
                Line(name: String(decoding: name, as: UTF8.self), value: Array(line.dropFirst(name.count + 1))))
        }
        rest = Array(left)
    }

    /// The first line of that name.
    func text(_ name: String) -> String? { lines.first { $0.name == name }?.text }
}

extension [UInt8] {
    /// How often `text` stands in it.
    func occurrences(of text: String) -> Int {
        let pattern = Array(text.utf8)
        guard !pattern.isEmpty, count >= pattern.count else { return 0 }
        return (0...(count - pattern.count)).count { self[$0..<($0 + pattern.count)].elementsEqual(pattern) }
    }
}
