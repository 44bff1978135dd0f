import Basics
import Testing
import Wire

@Suite("What a reply's schema says is what the program writes and reads")
struct ReplySchemaTests {
    private let schemas: Schemas

    init() throws {
        schemas = try Schemas.published()
    }

    @Test("its examples are replies, without a field that the program does not know", arguments: JobKind.allCases)
    func examples(kind: JobKind) throws {
        let examples = schemas.examples(schemas.reply(kind))
        #expect(!examples.isEmpty)
        for example in examples {
            let reply = try Reply.decode(try example.bytes)
            #expect(try JSON(bytes: reply.encoded()) == example)
        }
    }

    @Test("its examples say what the program would say", arguments: JobKind.allCases)
    func sentences(kind: JobKind) throws {
        for example in schemas.examples(schemas.reply(kind)) {
            let shown = try Reply.decode(try example.bytes)
            let time = try #require(Timestamp(rfc3339: shown.at))
            var reply = shown
            reply.message = Reply(shown.outcome, reason: shown.reason, at: time).message
            reply.chooseMessage()
            // A wrong code of an app may have a hint of its own.
            let hasHint = shown.outcome == .denied && shown.message.contains("clock")
            #expect(hasHint || reply.message == shown.message, "\(kind)")
        }
    }

    @Test("its examples show every outcome of the job's own", arguments: JobKind.allCases)
    func outcomes(kind: JobKind) throws {
        let shown = Set(schemas.examples(schemas.reply(kind)).compactMap { $0["outcome"]?.text })
        let own = try Set(Readme().jobs.first { $0.kind == kind.rawValue }?.outcomes ?? [])
        #expect(!own.isEmpty && own.isSubset(of: shown))
    }

    @Test("the sample of all fields leaves none out")
    func fullSample() {
        for child in Mirror(reflecting: Reply.full).children {
            let isAbsent = if case Optional<Any>.none = child.value { true } else { false }
            #expect(!isAbsent, "\(child.label ?? "")")
        }
    }

    @Test("the program's fields are the schemas', at every depth")
    func fields() throws {
        let written = paths(in: try JSON(bytes: Reply.full.encoded()), by: allReplies)
        #expect(written == paths(of: allReplies))
    }

    /// Every reply at once, as `anyOf`.
    private var allReplies: Schemas.Place {
        let references = JobKind.allCases.map { JSON.object(["$ref": .string("\($0.rawValue).result.v1.json")]) }
        return Schemas.Place(schema: .object(["anyOf": .array(references)]), file: "common.v1.json")
    }

    /// `methods[].retry_at`, `options{}.value`, … as the schema has them.
    private func paths(of place: Schemas.Place) -> Set<String> {
        if let items = child("items", of: place) { return prefixed("[]", paths(of: items)) }
        if let values = child("additionalProperties", of: place) { return prefixed("{}", paths(of: values)) }
        return schemas.properties(of: place).reduce(into: []) { all, property in
            all.formUnion([property.key] + prefixed(property.key + ".", paths(of: property.value)))
        }
    }

    /// The same of a value; the schema only tells a map from an object.
    private func paths(in value: JSON, by place: Schemas.Place?) -> Set<String> {
        switch value {
        case .array(let elements):
            let items = place.flatMap { child("items", of: $0) }
            return elements.reduce(into: []) { $0.formUnion(prefixed("[]", paths(in: $1, by: items))) }
        case .object(let members):
            if let values = place.flatMap({ child("additionalProperties", of: $0) }) {
                return members.values.reduce(into: []) { $0.formUnion(prefixed("{}", paths(in: $1, by: values))) }
            }
            let properties = place.map { schemas.properties(of: $0) } ?? [:]
            return members.reduce(into: []) { all, member in
                all.formUnion(
                    [member.key] + prefixed(member.key + ".", paths(in: member.value, by: properties[member.key])))
            }
        default: return []
        }
    }

    private func child(_ keyword: String, of place: Schemas.Place) -> Schemas.Place? {
        let parts = schemas.parts(of: place)
        return parts.lazy.compactMap { part in
            part.schema[keyword].map { Schemas.Place(schema: $0, file: part.file) }
        }.first
    }

    private func prefixed(_ prefix: String, _ paths: Set<String>) -> Set<String> {
        Set(paths.map { prefix + $0 })
    }
}
