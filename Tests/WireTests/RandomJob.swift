import TestKit
import Wire

/// Random jobs that are well formed by the contract's table, and ways to spoil them.
struct RandomJob {
    private var generator: Seeded
    private var json: RandomJSON

    init(seed: UInt64) {
        generator = Seeded(seed)
        json = RandomJSON(seed: seed)
    }

    mutating func kind() -> JobKind { JobKind.allCases.randomElement(using: &generator) ?? .options }

    /// A body with every required field and some of the others.
    mutating func body(of kind: JobKind) -> [String: JSONValue] {
        var body: [String: JSONValue] = [:]
        for field in JobTable.fields(of: kind) where field.isRequired || Bool.random(using: &generator) {
            body[field.name] = value(field.value)
        }
        return body
    }

    mutating func field(of kind: JobKind) -> JobTable.Field? {
        JobTable.fields(of: kind).randomElement(using: &generator)
    }

    /// Fields that the key does not know.
    mutating func strangers(to kind: JobKind) -> [String: JSONValue] {
        let known = Set(JobTable.fields(of: kind).map(\.name))
        var result: [String: JSONValue] = [:]
        for _ in 0..<Int.random(in: 0...4, using: &generator) {
            guard case .object(let members) = json.value(depth: 5) else { continue }
            for (name, value) in members where !known.contains(name) { result[name] = value }
        }
        return result
    }

    mutating func text(of body: [String: JSONValue]) -> String { json.render(.object(body)) }

    private mutating func value(_ value: JobTable.Value) -> JSONValue {
        switch value {
        case .text(let text): .string(text)
        case .word(let words): .string(words.randomElement(using: &generator) ?? "")
        case .code: .string(["123456", "123 456", "0-1-2", "9876543210"].randomElement(using: &generator) ?? "")
        case .user: .string(["u1", "Zoë O'Neil", "用户", "a@b.example"].randomElement(using: &generator) ?? "")
        case .messageID: .string("m-\(Int.random(in: 0...99, using: &generator))")
        case .flag: .bool(Bool.random(using: &generator))
        case .timeOrNull: Bool.random(using: &generator) ? .null : .string("2027-02-03T04:05:06.789+01:00")
        case .time: .string("2027-02-03T04:05:06.789+01:00")
        case .ids: .array([.number("1"), .number("\(Int64.random(in: 0...(.max), using: &generator))")])
        case .number(let range): .number(String(Int.random(in: range, using: &generator)))
        case .object(let text): object(text)
        }
    }

    private func object(_ text: String) -> JSONValue {
        text.contains("reason")
            ? .object(["reason": "poison", "key": "send"])
            : .object(["2FA_PROVIDER": .null, "2FA_VER_SMS": "Enabled"])
    }

    /// A value of a kind that the field cannot hold.
    mutating func wrong(_ field: JobTable.Field) -> JSONValue {
        let all: [JSONValue] = [.null, .bool(true), .number("1.5"), .string("~"), .array([.string("x")]), .object([:])]
        // Null in an optional field is the same as its absence.
        return all.filter { !fits($0, field.value) && ($0 != .null || field.isRequired) }
            .randomElement(using: &generator) ?? .number("1.5")
    }

    private func fits(_ json: JSONValue, _ value: JobTable.Value) -> Bool {
        switch (json, value) {
        case (.null, .timeOrNull), (.bool, .flag), (.string, .text), (.string, .user), (.object, .object): true
        default: false
        }
    }
}
