/// A JSON document (RFC 8259) as a flat list of its values: no text and no collection is made before somebody asks for it.
///
/// The grammar is strict; what a key that comes twice means is left to whoever reads.
public struct JSONDocument: Sendable {
    /// Why a text was not read.
    public enum Problem: Error, Sendable {
        case notUTF8, notJSON, tooDeep
    }

    /// What a value is.
    public enum Kind: Sendable {
        case null, `true`, `false`, number, string, array, object
    }

    struct Node: Sendable {
        var kind: Kind
        /// A string has escapes.
        var isEscaped = false
        /// Its bytes; a string's without the quotes.
        var start: UInt32
        var end: UInt32 = 0
        /// The index behind its last descendant.
        var next: UInt32 = 0
    }

    let bytes: [UInt8]
    let nodes: [Node]

    /// Reads one document; anything but white space around it is an error.
    ///
    /// - Parameters:
    ///   - bytes: Up to 4 GiB.
    ///   - maximumDepth: How many arrays and objects may lie within each other, the outermost one included.
    public init(_ bytes: [UInt8], maximumDepth: Int) throws(Problem) {
        guard (try? UTF8Span(validating: bytes.span)) != nil else { throw .notUTF8 }
        guard bytes.count < UInt32.max else { throw .notJSON }
        var reader = JSONReader(bytes: bytes, maximumDepth: maximumDepth)
        try reader.document()
        self.bytes = bytes
        nodes = reader.nodes
    }

    /// The outermost value.
    public var root: Value { Value(document: self, index: 0) }

    /// One value in a document.
    public struct Value: Sendable {
        let document: JSONDocument
        let index: Int

        private var node: Node { document.nodes[index] }
        /// What the value is.
        public var kind: Kind { node.kind }
        private var range: Range<Int> { Int(node.start)..<Int(node.end) }

        /// A string as it is meant, a number as it is written; `nil` of anything else.
        public var text: String? {
            switch kind {
            case .number: String(decoding: document.bytes[range], as: UTF8.self)
            case .string:
                node.isEscaped
                    ? JSONEscapes.decode(document.bytes[range]) : String(decoding: document.bytes[range], as: UTF8.self)
            case .null, .true, .false, .array, .object: nil
            }
        }

        /// Calls `body` with every key and its value, in the document's order; with none where it is no object.
        public func forEachMember<Failure: Error>(
            _ body: (_ key: Value, _ value: Value) throws(Failure) -> Void
        ) throws(Failure) {
            guard kind == .object else { return }
            var key = index + 1
            while key < node.next {
                let value = key + 1
                try body(at(key), at(value))
                key = Int(document.nodes[value].next)
            }
        }

        /// Calls `body` with every element; with none where it is no array.
        public func forEachElement<Failure: Error>(_ body: (Value) throws(Failure) -> Void) throws(Failure) {
            guard kind == .array else { return }
            var element = index + 1
            while element < node.next {
                try body(at(element))
                element = Int(document.nodes[element].next)
            }
        }

        /// The first member of that name; `nil` where there is none, or it is no object.
        public subscript(name: String) -> Value? {
            guard kind == .object else { return nil }
            var key = index + 1
            while key < node.next {
                if at(key).isText(name) { return at(key + 1) }
                key = Int(document.nodes[key + 1].next)
            }
            return nil
        }

        private func at(_ index: Int) -> Value { Value(document: document, index: index) }

        private func isText(_ other: String) -> Bool {
            // Texts are compared byte for byte: Swift takes some for equal that only look it.
            if node.isEscaped { return text.map { $0.utf8.elementsEqual(other.utf8) } ?? false }
            return document.bytes[range].elementsEqual(other.utf8)
        }
    }
}

/// Reads a document from its first byte to its last.
private struct JSONReader {
    private let bytes: [UInt8]
    private let maximumDepth: Int
    private var index = 0
    private(set) var nodes: [JSONDocument.Node] = []

    init(bytes: [UInt8], maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
        // A name and its value are rarely shorter in the mean.
        nodes.reserveCapacity(min(bytes.count / 12, 256) + 4)
    }

    mutating func document() throws(JSONDocument.Problem) {
        try value(depth: 1)
        skipSpace()
        guard index == bytes.count else { throw .notJSON }
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    private mutating func expect(_ byte: UInt8) throws(JSONDocument.Problem) {
        guard next == byte else { throw .notJSON }
        index += 1
    }

    private mutating func value(depth: Int) throws(JSONDocument.Problem) {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): try object(depth: depth)
        case UInt8(ascii: "["): try array(depth: depth)
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "t"): try word("true", .true)
        case UInt8(ascii: "f"): try word("false", .false)
        case UInt8(ascii: "n"): try word("null", .null)
        default: try number()
        }
    }

    /// - Returns: Its index.
    private mutating func open(_ kind: JSONDocument.Kind) -> Int {
        nodes.append(JSONDocument.Node(kind: kind, start: UInt32(index)))
        return nodes.count - 1
    }

    private mutating func close(_ node: Int, at end: Int) {
        nodes[node].end = UInt32(end)
        nodes[node].next = UInt32(nodes.count)
    }

    private mutating func word(_ text: StaticString, _ kind: JSONDocument.Kind) throws(JSONDocument.Problem) {
        let node = open(kind)
        for offset in 0..<text.utf8CodeUnitCount { try expect(text.utf8Start[offset]) }
        close(node, at: index)
    }

    private mutating func object(depth: Int) throws(JSONDocument.Problem) {
        guard depth <= maximumDepth else { throw .tooDeep }
        let node = open(.object)
        index += 1
        skipSpace()
        if next == UInt8(ascii: "}") {
            index += 1
            return close(node, at: index)
        }
        while true {
            skipSpace()
            try string()
            skipSpace()
            try expect(UInt8(ascii: ":"))
            try value(depth: depth + 1)
            skipSpace()
            if next == UInt8(ascii: ",") {
                index += 1
                continue
            }
            try expect(UInt8(ascii: "}"))
            return close(node, at: index)
        }
    }

    private mutating func array(depth: Int) throws(JSONDocument.Problem) {
        guard depth <= maximumDepth else { throw .tooDeep }
        let node = open(.array)
        index += 1
        skipSpace()
        if next == UInt8(ascii: "]") {
            index += 1
            return close(node, at: index)
        }
        while true {
            try value(depth: depth + 1)
            skipSpace()
            if next == UInt8(ascii: ",") {
                index += 1
                continue
            }
            try expect(UInt8(ascii: "]"))
            return close(node, at: index)
        }
    }

    private mutating func number() throws(JSONDocument.Problem) {
        let node = open(.number)
        if next == UInt8(ascii: "-") { index += 1 }
        if next == UInt8(ascii: "0") { index += 1 } else { try digits() }
        if next == UInt8(ascii: ".") {
            index += 1
            try digits()
        }
        if let byte = next, byte | 0x20 == UInt8(ascii: "e") {
            index += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { index += 1 }
            try digits()
        }
        close(node, at: index)
    }

    private mutating func digits() throws(JSONDocument.Problem) {
        let start = index
        while let byte = next, (0x30...0x39).contains(byte) { index += 1 }
        guard index > start else { throw .notJSON }
    }

    private mutating func string() throws(JSONDocument.Problem) {
        try expect(UInt8(ascii: "\""))
        let node = open(.string)
        while let byte = next {
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return close(node, at: index - 1)
            case UInt8(ascii: "\\"):
                guard let length = JSONEscapes.length(bytes[index...]) else { throw .notJSON }
                index += length
                nodes[node].isEscaped = true
            case 0..<0x20: throw .notJSON
            default: break
            }
        }
        throw .notJSON
    }
}

/// What stands behind a backslash (RFC 8259, section 7).
private enum JSONEscapes {
    /// The bytes of the escape at the beginning; `nil` for what is none.
    ///
    /// A surrogate alone is no text.
    static func length(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard let first = bytes.first else { return nil }
        guard first == UInt8(ascii: "u") else { return simple(first) == nil ? nil : 1 }
        guard let (_, length) = scalar(bytes.dropFirst()) else { return nil }
        return 1 + length
    }

    /// The text of a string whose escapes were found to be well formed.
    static func decode(_ bytes: ArraySlice<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let kind = rest.popFirst() else {
                text.append(byte)
                continue
            }
            if let plain = simple(kind) {
                text.append(plain)
            } else if let (scalar, length) = scalar(rest) {
                text.append(contentsOf: String(Character(scalar)).utf8)
                rest = rest.dropFirst(length)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func simple(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }

    /// One `XXXX`, or with a second `\uXXXX` the pair that makes a scalar beyond the basic plane; and its length.
    private static func scalar(_ bytes: ArraySlice<UInt8>) -> (Unicode.Scalar, Int)? {
        guard let first = hex4(bytes) else { return nil }
        if let scalar = Unicode.Scalar(first) { return (scalar, 4) }
        let rest = bytes.dropFirst(4)
        guard first < 0xDC00, rest.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]),
            let second = hex4(rest.dropFirst(2)), (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { return nil }
        return (scalar, 10)
    }

    private static func hex4(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        guard bytes.count >= 4 else { return nil }
        var value: UInt32 = 0
        for byte in bytes.prefix(4) {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}
