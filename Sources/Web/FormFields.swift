/// The fields of a query or of an `application/x-www-form-urlencoded` body, repeated names included.
package struct FormFields: Sendable, Equatable {
    package private(set) var pairs: [Pair] = []

    package struct Pair: Sendable, Equatable {
        package var name: String
        package var value: String
    }

    /// Splits at `&`, then at the first `=`, and decodes both sides.
    package init(_ text: String = "") {
        for part in text.utf8.split(separator: UInt8(ascii: "&")) {
            let sides = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = Self.decoded(sides[0], plusIsSpace: true)
            let value = sides.count > 1 ? Self.decoded(sides[1], plusIsSpace: true) : ""
            pairs.append(Pair(name: name, value: value))
        }
    }

    /// The first value under that name; `nil` when there is none or it is empty, which forms and Twilio treat alike.
    package subscript(name: String) -> String? {
        guard let value = pairs.first(where: { $0.name == name })?.value, !value.isEmpty else { return nil }
        return value
    }

    /// The first value under that name; blank when there is none.
    package func text(_ name: String) -> String { self[name] ?? "" }

    /// Every value under that name that is not empty, in order: how a form writes a list.
    package func all(_ name: String) -> [String] {
        pairs.filter { $0.name == name && !$0.value.isEmpty }.map(\.value)
    }

    /// The first value under that name as a whole number of that range; `nil` when there is none or it is empty.
    ///
    /// - Throws: `problem` for anything else.
    package func number<Problem: Error>(
        _ name: String, _ range: ClosedRange<Int>, or problem: @autoclosure () -> Problem
    ) throws(Problem) -> Int? {
        guard let text = self[name] else { return nil }
        guard let number = Int(text), range.contains(number) else { throw problem() }
        return number
    }

    /// Every pair but those of the given names, encoded again.
    package func encoded(leavingOut names: Set<String>) -> String {
        pairs.filter { !names.contains($0.name) }
            .map { Self.encoded($0.name) + "=" + Self.encoded($0.value) }
            .joined(separator: "&")
    }

    /// Undoes percent-encoding.
    ///
    /// In a path `+` stands for itself, in a form for a space. A `%` without two digits behind it is kept; what is not
    /// UTF-8 is repaired.
    package static func decoded(_ text: some Sequence<UInt8>, plusIsSpace: Bool) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = hexByte(rest.prefix(2)) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") && plusIsSpace ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hexByte(_ digits: ArraySlice<UInt8>) -> UInt8? {
        guard digits.count == 2, !digits.contains(UInt8(ascii: "+")), !digits.contains(UInt8(ascii: "-")) else {
            return nil
        }
        return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
    }

    /// Percent-encodes all but the unreserved characters of RFC 3986.
    package static func encoded(_ text: String) -> String {
        var output = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            let isPlain = byte < 0x80 && (scalar.properties.isAlphabetic || (0x30...0x39).contains(byte))
            if isPlain || "-._~".unicodeScalars.contains(scalar) {
                output.unicodeScalars.append(scalar)
            } else {
                output += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return output
    }
}
