/// A JSON value as a job may hold it. Numbers keep their text: no job field is a number, so none is interpreted.
public enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

/// Why a text is not JSON that a job may hold.
public enum JSONProblem: String, Error, Sendable {
    case notUTF8 = "not_utf8"
    case notJSON = "not_json"
    case tooDeep = "too_deep"
    case duplicateKey = "duplicate_key"
}
