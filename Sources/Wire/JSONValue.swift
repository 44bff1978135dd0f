import Basics

/// A JSON value as a job may hold it.
///
/// Numbers keep their text, so that none is ever rounded.
public enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

extension JSONValue {
    /// Reads one document as strictly as a job's body is read.
    public init(parsing bytes: [UInt8]) throws(JSONProblem) {
        self = try JSONParser.parse(bytes, maximumDepth: JobDecoder.maximumDepth)
    }
}

/// Why a text is not JSON that a job may hold.
public enum JSONProblem: String, Error, Sendable {
    case notUTF8 = "not_utf8"
    case notJSON = "not_json"
    case tooDeep = "too_deep"
    case duplicateKey = "duplicate_key"
}

extension JSONValue {
    /// With keys sorted: equal values are equal bytes, but for how their numbers were written.
    public func encoded() -> [UInt8] { CanonicalJSON.value { write(to: &$0) } }

    private func write(to json: inout CanonicalJSON) {
        switch self {
        case .null: json.null()
        case .bool(let flag): json.flag(flag)
        case .number(let text):
            if let whole = Int64(text) {
                json.number(whole)
            } else if let number = Double(text), number.isFinite {
                json.number(number)
            } else {
                // One beyond all doubles goes as its text: the rest must not be lost for it.
                json.string(text)
            }
        case .string(let text): json.string(text)
        case .array(let elements): json.list(elements) { $1.write(to: &$0) }
        case .object(let members):
            json.object { json in
                for (key, member) in members.sorted(by: { $0.key < $1.key }) {
                    json.member(key, member) { $1.write(to: &$0) }
                }
            }
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    /// Text.
    public init(stringLiteral text: String) { self = .string(text) }
    /// A whole number.
    public init(integerLiteral number: Int) { self = .number(String(number)) }
    /// `true` or `false`.
    public init(booleanLiteral flag: Bool) { self = .bool(flag) }
}
