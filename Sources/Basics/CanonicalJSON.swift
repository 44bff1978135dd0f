/// Writes JSON with sorted keys and no white space, so that equal values are equal bytes.
///
/// Slashes are not escaped; control characters are, by the short escapes where there are such.
public struct CanonicalJSON: Sendable {
    /// What has been written so far.
    public private(set) var bytes: [UInt8] = []
    /// Something stands before the next element or member.
    private var needsComma = false
    /// The key before, which the next one must follow.
    private var lastKey = ""

    private init() {
        bytes.reserveCapacity(512)
    }

    /// The bytes of one object.
    public static func object(_ members: (inout CanonicalJSON) -> Void) -> [UInt8] {
        var json = CanonicalJSON()
        json.object(members)
        return json.bytes
    }

    /// The bytes of one value, which `write` writes.
    public static func value(_ write: (inout CanonicalJSON) -> Void) -> [UInt8] {
        var json = CanonicalJSON()
        write(&json)
        return json.bytes
    }

    // MARK: Members, in ascending order of their keys; what is nil is left out

    /// A member that is text; nothing where it is `nil`.
    public mutating func member(_ key: String, _ text: String?) {
        guard let text else { return }
        self.key(key)
        string(text)
    }

    /// A member that is a whole number; nothing where it is `nil`.
    public mutating func member(_ key: String, _ number: (some BinaryInteger)?) {
        guard let number else { return }
        self.key(key)
        self.number(number)
    }

    /// A member that is `true` or `false`; nothing where it is `nil`.
    public mutating func member(_ key: String, _ flag: Bool?) {
        guard let flag else { return }
        self.key(key)
        self.flag(flag)
    }

    /// A member that is one of a closed list of words; nothing where it is `nil`.
    public mutating func member<Word: RawRepresentable<String>>(_ key: String, _ word: Word?) {
        member(key, word?.rawValue)
    }

    /// A member whose value `write` writes.
    public mutating func member<Value>(
        _ key: String, _ value: Value?, _ write: (inout CanonicalJSON, Value) -> Void
    ) {
        guard let value else { return }
        self.key(key)
        write(&self, value)
    }

    /// A member with an object.
    public mutating func member<Value>(
        _ key: String, object value: Value?, _ members: (inout CanonicalJSON, Value) -> Void
    ) {
        member(key, value) { json, value in json.object { members(&$0, value) } }
    }

    /// A member with a list, of which `write` writes each.
    public mutating func member<Element>(
        _ key: String, list elements: [Element]?, _ write: (inout CanonicalJSON, Element) -> Void
    ) {
        member(key, elements) { json, elements in json.list(elements, write) }
    }

    // MARK: Values

    /// An object.
    ///
    /// - Parameter members: writes its members, in the order of their names.
    public mutating func object(_ members: (inout CanonicalJSON) -> Void) {
        let outer = lastKey
        begin(UInt8(ascii: "{"))
        lastKey = ""
        members(&self)
        end(UInt8(ascii: "}"))
        lastKey = outer
    }

    /// A list.
    ///
    /// - Parameter write: writes one element.
    public mutating func list<Element>(_ elements: [Element], _ write: (inout CanonicalJSON, Element) -> Void) {
        begin(UInt8(ascii: "["))
        for element in elements { write(&self, element) }
        end(UInt8(ascii: "]"))
    }

    /// Text, escaped.
    public mutating func string(_ text: String) {
        separate()
        quote(text)
        needsComma = true
    }

    /// A whole number.
    public mutating func number(_ number: some BinaryInteger) { raw(String(number)) }

    /// `true` or `false`.
    public mutating func flag(_ flag: Bool) { raw(flag ? "true" : "false") }

    /// `null`.
    public mutating func null() { raw("null") }

    /// - Parameter number: Finite.
    public mutating func number(_ number: Double) {
        let text = number.description
        raw(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    }

    private mutating func raw(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
        needsComma = true
    }

    private mutating func key(_ key: String) {
        // Equal replies must be equal bytes; a key that comes twice would be no JSON that we read.
        assert(lastKey.isEmpty || lastKey < key, "\(key) does not follow \(lastKey)")
        lastKey = key
        separate()
        quote(key)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    private mutating func begin(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func end(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): escape(byte)
            case 0x08: escape(UInt8(ascii: "b"))
            case 0x09: escape(UInt8(ascii: "t"))
            case 0x0A: escape(UInt8(ascii: "n"))
            case 0x0C: escape(UInt8(ascii: "f"))
            case 0x0D: escape(UInt8(ascii: "r"))
            case 0..<0x20:
                bytes.append(contentsOf: #"\u00"#.utf8)
                bytes.append(contentsOf: [Self.hexDigit(byte >> 4), Self.hexDigit(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x61 + value - 10 }
}
