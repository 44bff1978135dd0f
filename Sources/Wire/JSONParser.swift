import Basics

/// Builds the values of a JSON document, which may hold no key twice in one object.
///
/// Foundation's decoder takes duplicate keys and has no bound on depth of ours; the contract refuses both, hence a reader of
/// our own (``JSONDocument``), which looks at the bound while reading, before anything is built.
enum JSONParser {
    /// Reads one document; anything but white space around it is an error.
    static func parse(_ bytes: [UInt8], maximumDepth: Int) throws(JSONProblem) -> JSONValue {
        let document: JSONDocument
        do { document = try JSONDocument(bytes, maximumDepth: maximumDepth) } catch {
            switch error {
            case .notUTF8: throw .notUTF8
            case .notJSON: throw .notJSON
            case .tooDeep: throw .tooDeep
            }
        }
        return try value(document.root)
    }

    private static func value(_ value: JSONDocument.Value) throws(JSONProblem) -> JSONValue {
        switch value.kind {
        case .null: .null
        case .true: .bool(true)
        case .false: .bool(false)
        case .number: .number(value.text ?? "")
        case .string: .string(value.text ?? "")
        case .array: try array(value)
        case .object: try object(value)
        }
    }

    private static func array(_ value: JSONDocument.Value) throws(JSONProblem) -> JSONValue {
        var elements: [JSONValue] = []
        try value.forEachElement { (element) throws(JSONProblem) in elements.append(try self.value(element)) }
        return .array(elements)
    }

    private static func object(_ value: JSONDocument.Value) throws(JSONProblem) -> JSONValue {
        var members: [String: JSONValue] = Dictionary(minimumCapacity: 12)
        try value.forEachMember { (key, member) throws(JSONProblem) in
            guard members.updateValue(try self.value(member), forKey: key.text ?? "") == nil else {
                throw .duplicateKey
            }
        }
        return .object(members)
    }
}
