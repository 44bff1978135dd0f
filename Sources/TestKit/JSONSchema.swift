import Foundation

/// A JSON Schema, as far as those of docs/operators/json go; what it does not know in one is an error, never passed over.
package struct JSONSchema {
    package struct Unknown: Error, CustomStringConvertible {
        package let description: String
    }

    private let root: [String: Any]

    private static let silent: Set = ["$schema", "title", "description", "$defs"]
    private static let known: Set = [
        "type", "properties", "required", "additionalProperties", "items", "enum", "const", "pattern", "format",
        "minimum", "anyOf", "$ref",
    ]

    package init(contentsOf path: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        guard let root = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw Unknown(description: "\(path) is no object")
        }
        self.root = root
    }

    /// What is wrong with a JSON text; empty when nothing is.
    package func problems(of text: String) throws -> [String] {
        let value = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
        return try problems(value, root, "$")
    }

    private func problems(_ value: Any, _ schema: [String: Any], _ place: String) throws -> [String] {
        for word in schema.keys where !Self.silent.contains(word) && !Self.known.contains(word) {
            throw Unknown(description: "'\(word)' at \(place)")
        }
        if let reference = schema["$ref"] as? String {
            return try problems(value, try definition(reference), place)
        }
        if let choices = schema["anyOf"] as? [[String: Any]] {
            let each = try choices.map { try problems(value, $0, place) }
            return each.contains { $0.isEmpty } ? [] : ["\(place): none of \(choices.count) forms"] + each.joined()
        }
        var found = ofType(value, schema, place) + (try ofWords(value, schema, place))
        if let object = value as? [String: Any] { found += try ofObject(object, schema, place) }
        if let list = value as? [Any], let items = schema["items"] as? [String: Any] {
            for (index, element) in list.enumerated() { found += try problems(element, items, "\(place)[\(index)]") }
        }
        return found
    }

    private func definition(_ reference: String) throws -> [String: Any] {
        let name = reference.replacing("#/$defs/", with: "")
        guard let found = (root["$defs"] as? [String: Any])?[name] as? [String: Any] else {
            throw Unknown(description: reference)
        }
        return found
    }

    private func ofType(_ value: Any, _ schema: [String: Any], _ place: String) -> [String] {
        let wanted = (schema["type"] as? [String]) ?? (schema["type"] as? String).map { [$0] } ?? []
        guard !wanted.isEmpty, !wanted.contains(where: { Self.isOf($0, value) }) else { return [] }
        return ["\(place): no \(wanted.joined(separator: " or "))"]
    }

    private static func isOf(_ type: String, _ value: Any) -> Bool {
        // A flag is a number to Foundation, too.
        let isTruth = (value as? NSNumber).map(isFlag) ?? false
        return switch type {
        case "string": value is String
        case "boolean": isTruth
        case "number": value is NSNumber && !isTruth
        case "integer": !isTruth && (value as? NSNumber).map { $0.doubleValue == $0.doubleValue.rounded() } ?? false
        case "array": value is [Any]
        case "object": value is [String: Any]
        default: false
        }
    }

    private static func isFlag(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }

    private func ofWords(_ value: Any, _ schema: [String: Any], _ place: String) throws -> [String] {
        var found: [String] = []
        if let words = schema["enum"] as? [String], !words.contains(value as? String ?? "") {
            found.append("\(place): none of \(words)")
        }
        if let constant = schema["const"] as? Bool, value as? Bool != constant {
            found.append("\(place): not \(constant)")
        }
        if let least = schema["minimum"] as? Int, let number = value as? Double, number < Double(least) {
            found.append("\(place): below \(least)")
        }
        if let pattern = schema["pattern"] as? String, let text = value as? String,
            try Regex(pattern).firstMatch(in: text) == nil
        {
            found.append("\(place): not of the form \(pattern)")
        }
        if schema["format"] as? String == "date-time", let text = value as? String,
            text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) == nil
        {
            found.append("\(place): no time")
        }
        return found
    }

    private func ofObject(_ object: [String: Any], _ schema: [String: Any], _ place: String) throws -> [String] {
        let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
        var found = (schema["required"] as? [String] ?? []).filter { object[$0] == nil }.map { "\(place): no '\($0)'" }
        for (name, value) in object {
            if let property = properties[name] {
                found += try problems(value, property, "\(place).\(name)")
            } else if schema["additionalProperties"] as? Bool == false {
                found.append("\(place): '\(name)' is not in the schema")
            }
        }
        return found
    }
}
