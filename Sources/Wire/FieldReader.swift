import Basics

/// Reads the fields of a job's body and notes what is wrong with them.
///
/// Unknown fields are ignored and counted.
struct FieldReader {
    private let members: [String: JSONValue]
    private var known: Set<String> = Set(minimumCapacity: 12)
    var problems: [FieldProblem] = []
    var user: String?
    var application: Application?
    /// Who administers, if the body says so; for the audit trail of refused jobs too.
    var administrator: String?

    init(members: [String: JSONValue]) {
        self.members = members
    }

    /// How many fields nobody asked for.
    var unknownFields: Int { members.keys.count { !known.contains($0) } }

    mutating func note(_ field: String, _ reason: String) {
        problems.append(FieldProblem(field, reason))
    }

    /// The field as it came; `nil` when it is absent.
    mutating func member(_ field: String) -> JSONValue? {
        known.insert(field)
        return members[field]
    }

    /// The value of a field that may be absent; null is the same as absence.
    mutating func optional(_ field: String) -> JSONValue? {
        guard let member = member(field) else { return nil }
        if case .null = member { return nil }
        return member
    }

    /// Whether a field that must be there has a value; notes it if not.
    private mutating func requires(_ field: String) -> Bool {
        guard let member = member(field) else {
            note(field, "missing")
            return false
        }
        guard case .null = member else { return true }
        note(field, "wrong_type")
        return false
    }

    mutating func requiredText(_ field: String, length: ClosedRange<Int>) -> String? {
        requires(field) ? text(field, length: length) : nil
    }

    /// Lengths are in Unicode scalars.
    mutating func text(_ field: String, length: ClosedRange<Int>) -> String? {
        guard let member = optional(field) else { return nil }
        guard case .string(let text) = member else {
            note(field, "wrong_type")
            return nil
        }
        guard length.contains(text.unicodeScalars.count) else {
            note(field, text.unicodeScalars.count > length.upperBound ? "too_long" : "too_short")
            return nil
        }
        return text
    }

    /// Text for people: a reason, an operator's name.
    mutating func line(_ field: String, length: ClosedRange<Int>) -> String? {
        guard let text = requiredText(field, length: length) else { return nil }
        guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            note(field, "malformed")
            return nil
        }
        return text
    }

    mutating func required<Value: RawRepresentable<String>>(_ field: String, _ type: Value.Type) -> Value? {
        requires(field) ? choice(field, type) : nil
    }

    mutating func choice<Value: RawRepresentable<String>>(_ field: String, _ type: Value.Type) -> Value? {
        guard let member = optional(field) else { return nil }
        guard case .string(let text) = member else {
            note(field, "wrong_type")
            return nil
        }
        guard let value = Value(rawValue: text) else {
            note(field, "unknown_value")
            return nil
        }
        return value
    }

    mutating func flag(_ field: String) -> Bool? {
        guard let member = optional(field) else { return nil }
        guard case .bool(let value) = member else {
            note(field, "wrong_type")
            return nil
        }
        return value
    }

    /// A whole number, written as one: no fraction, no exponent.
    mutating func number(_ field: String, in range: ClosedRange<Int>) -> Int? {
        guard let member = optional(field) else { return nil }
        guard case .number(let text) = member, text.utf8.allSatisfy({ $0 == 0x2D || (0x30...0x39).contains($0) })
        else {
            note(field, "wrong_type")
            return nil
        }
        guard let value = Int(text), range.contains(value) else {
            note(field, "out_of_range")
            return nil
        }
        return value
    }

    mutating func requiredNumber(_ field: String, in range: ClosedRange<Int>) -> Int? {
        requires(field) ? number(field, in: range) : nil
    }

    /// RFC 3339, or null to take a value away.
    mutating func timeOrNull(_ field: String) -> Update<Timestamp> {
        switch member(field) {
        case nil: return .keep
        case .null: return .clear
        case .string(let text):
            if let time = Timestamp(rfc3339: text) { return .set(time) }
            note(field, "malformed")
        case .bool, .number, .array, .object: note(field, "wrong_type")
        }
        return .keep
    }

    /// RFC 3339, if it is there.
    mutating func time(_ field: String) -> Timestamp? {
        guard let member = optional(field) else { return nil }
        guard case .string(let text) = member else {
            note(field, "wrong_type")
            return nil
        }
        let time = Timestamp(rfc3339: text)
        if time == nil { note(field, "malformed") }
        return time
    }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
    }
}
