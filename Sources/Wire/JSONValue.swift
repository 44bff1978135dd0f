/// A JSON value as a job may hold it. Numbers keep their text, so that none is ever rounded.
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

extension JSONValue: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .null: try value.encodeNil()
        case .bool(let flag): try value.encode(flag)
        case .number(let text):
            if let whole = Int64(text) { return try value.encode(whole) }
            // One beyond all doubles goes as its text: the rest must not be lost for it.
            if let number = Double(text), number.isFinite { try value.encode(number) } else { try value.encode(text) }
        case .string(let text): try value.encode(text)
        case .array(let elements): try value.encode(elements)
        case .object(let members): try value.encode(members)
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    public init(stringLiteral text: String) { self = .string(text) }
    public init(integerLiteral number: Int) { self = .number(String(number)) }
    public init(booleanLiteral flag: Bool) { self = .bool(flag) }
}
