import Foundation
import Wire

/// What docs/contract publishes, read once.
struct Published: Sendable {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("docs/contract")

    static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }
}

/// The published schemas by file name, and what they say with their references followed.
struct Schemas: Sendable {
    /// A schema and the file that its relative references are of.
    struct Place: Sendable {
        var schema: JSON
        var file: String
    }

    let files: [String: JSON]

    /// Read once for all tests.
    static func published() throws -> Schemas { try once.get() }
    private static let once = Result { try Schemas() }

    private init() throws {
        let folder = Published.folder.appendingPathComponent("schemas")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        files = try Dictionary(
            uniqueKeysWithValues: names.filter { $0.hasSuffix(".json") }.map { name in
                (name, try JSON(bytes: Array(try Data(contentsOf: folder.appendingPathComponent(name)))))
            })
    }

    func job(_ kind: JobKind) -> Place { file("\(kind.rawValue).v1.json") }
    func reply(_ kind: JobKind) -> Place { file("\(kind.rawValue).result.v1.json") }
    func shared(_ name: String) -> Place { follow(.object(["$ref": .string("#/$defs/\(name)")]), in: "common.v1.json") }

    func file(_ name: String) -> Place { Place(schema: files[name] ?? .null, file: name) }

    /// The schema itself, or what it refers to; `null` where that is nowhere.
    func follow(_ schema: JSON, in file: String) -> Place {
        guard let reference = schema["$ref"]?.text else { return Place(schema: schema, file: file) }
        let parts = reference.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let target = parts[0].isEmpty ? file : String(parts[0])
        let pointer = parts.count > 1 ? parts[1].split(separator: "/") : []
        return follow(pointer.reduce(files[target] ?? .null) { $0[String($1)] ?? .null }, in: target)
    }

    /// The schemas that a value is held against at once, or one of which it is: itself and all under `allOf`, `anyOf`.
    func parts(of place: Place) -> [Place] {
        let own = follow(place.schema, in: place.file)
        let others = (own.schema["allOf"]?.elements ?? []) + (own.schema["anyOf"]?.elements ?? [])
        return [own] + others.flatMap { parts(of: Place(schema: $0, file: own.file)) }
    }

    func properties(of place: Place) -> [String: Place] {
        parts(of: place).reduce(into: [:]) { found, part in
            for (name, schema) in part.schema["properties"]?.members ?? [:] where found[name] == nil {
                found[name] = Place(schema: schema, file: part.file)
            }
        }
    }

    func required(of place: Place) -> Set<String> {
        Set(parts(of: place).flatMap { $0.schema["required"]?.texts ?? [] })
    }

    /// A keyword's value, wherever among the parts it stands.
    func keyword(_ name: String, of place: Place) -> JSON? {
        parts(of: place).lazy.compactMap { $0.schema[name] }.first
    }

    func examples(_ place: Place) -> [JSON] { place.schema["examples"]?.elements ?? [] }
}
