import Basics
import Testing
import Wire

@Suite("What a job's schema says is what the decoder reads")
struct JobSchemaTests {
    private let schemas: Schemas

    init() throws {
        schemas = try Schemas.published()
    }

    @Test("its examples are jobs, without a field that means nothing", arguments: JobKind.allCases)
    func examples(kind: JobKind) throws {
        let examples = schemas.examples(schemas.job(kind))
        #expect(!examples.isEmpty)
        for example in examples {
            let read = try Reading(kind, example)
            #expect(read.problems == [])
            #expect(read.isJob)
            #expect(read.unknownFields == 0)
        }
    }

    @Test("its examples show every field", arguments: JobKind.allCases)
    func coverage(kind: JobKind) {
        let shown = Set(schemas.examples(schemas.job(kind)).flatMap { $0.members.keys })
        #expect(shown == Set(schemas.properties(of: schemas.job(kind)).keys))
    }

    @Test("a required field is missed, another is not", arguments: JobKind.allCases)
    func required(kind: JobKind) throws {
        let required = schemas.required(of: schemas.job(kind))
        for field in fields(kind) {
            let read = try Reading(kind, full(kind).with(field, nil))
            #expect(read.problems == (required.contains(field) ? [FieldProblem(field, "missing")] : []))
        }
    }

    @Test("a value of another type is refused", arguments: JobKind.allCases)
    func types(kind: JobKind) throws {
        for (field, place) in schemas.properties(of: schemas.job(kind)) {
            let isList = schemas.keyword("type", of: place)?.text == "array"
            let wrong: [JSON] = [
                isList ? .string("x") : .array([]), .bool(true), .number(7), .string("x"), .object([:]),
            ]
            for value in wrong where !fits(value, place) {
                let problems = try Reading(kind, full(kind).with(field, value)).problems
                #expect(problems.map(\.field) == [field])
                #expect(problems.first?.reason == "wrong_type")
            }
        }
    }

    @Test("null is let in where a field may be absent, and nowhere else", arguments: JobKind.allCases)
    func nulls(kind: JobKind) throws {
        let required = schemas.required(of: schemas.job(kind))
        for (field, place) in schemas.properties(of: schemas.job(kind)) {
            let types = schemas.parts(of: place).compactMap { $0.schema["type"] }
            let listed = schemas.parts(of: place).flatMap { $0.schema["enum"]?.elements ?? [] }
            let isAllowed =
                types.contains { $0.text == "null" || $0.texts.contains("null") } || listed.contains(.null)
            #expect(isAllowed == !required.contains(field), "\(field)")
            let problems = try Reading(kind, full(kind).with(field, .null)).problems
            #expect(problems == (required.contains(field) ? [FieldProblem(field, "wrong_type")] : []), "\(field)")
        }
    }

    @Test("an unknown value is refused", arguments: JobKind.allCases)
    func choices(kind: JobKind) throws {
        for (field, place) in schemas.properties(of: schemas.job(kind)) where schemas.keyword("enum", of: place) != nil
        {
            let problems = try Reading(kind, full(kind).with(field, .string("smoke"))).problems
            #expect(problems == [FieldProblem(field, "unknown_value")])
        }
    }

    @Test("the bounds of texts hold to the character", arguments: JobKind.allCases)
    func lengths(kind: JobKind) throws {
        for (field, place) in schemas.properties(of: schemas.job(kind)) {
            guard let longest = schemas.keyword("maxLength", of: place)?.number else { continue }
            // The characters that a pattern asks for are in the example.
            let seed = try #require(full(kind)[field]?.text)
            let digit = seed.last ?? "7"
            let tooLong = String(repeating: digit, count: longest + 1)
            #expect(
                try Reading(kind, full(kind).with(field, .string(tooLong))).problems == [
                    FieldProblem(field, "too_long")
                ])
            guard let shortest = schemas.keyword("minLength", of: place)?.number else { continue }
            let tooShort = String(repeating: digit, count: shortest - 1)
            #expect(
                try Reading(kind, full(kind).with(field, .string(tooShort))).problems == [
                    FieldProblem(field, "too_short")
                ])
            for length in [shortest, longest] {
                let text = JSON.string(String(repeating: digit, count: length))
                #expect(try Reading(kind, full(kind).with(field, text)).problems == [])
            }
        }
    }

    @Test("the bounds of numbers hold", arguments: JobKind.allCases)
    func ranges(kind: JobKind) throws {
        for (field, place) in schemas.properties(of: schemas.job(kind)) {
            guard let least = schemas.keyword("minimum", of: place)?.number,
                let most = schemas.keyword("maximum", of: place)?.number
            else { continue }
            for (number, isRight) in [(least - 1, false), (least, true), (most, true), (most + 1, false)] {
                let problems = try Reading(kind, full(kind).with(field, .number(Double(number)))).problems
                #expect(problems == (isRight ? [] : [FieldProblem(field, "out_of_range")]))
            }
        }
    }

    @Test("a field of another job means nothing", arguments: JobKind.allCases)
    func foreignFields(kind: JobKind) throws {
        let own = Set(fields(kind))
        let all = Set(JobKind.allCases.flatMap { schemas.properties(of: schemas.job($0)).keys })
        for field in all.subtracting(own) {
            let read = try Reading(kind, full(kind).with(field, .string("x")))
            #expect(read.unknownFields == 1, "\(field)")
            #expect(read.isJob)
        }
    }

    /// The example with every field.
    private func full(_ kind: JobKind) -> JSON {
        schemas.examples(schemas.job(kind)).reduce(JSON.object([:])) { all, example in
            .object(all.members.merging(example.members) { $1 })
        }
    }

    private func fields(_ kind: JobKind) -> [String] {
        schemas.properties(of: schemas.job(kind)).keys.sorted()
    }

    /// Whether the schema's type allows the value.
    private func fits(_ value: JSON, _ place: Schemas.Place) -> Bool {
        guard let type = schemas.keyword("type", of: place) else {
            // Without a type it is a choice of texts.
            return value.text != nil
        }
        let allowed = type.text.map { [$0] } ?? type.texts
        return switch value {
        case .null: allowed.contains("null")
        case .bool: allowed.contains("boolean")
        case .number: allowed.contains("integer")
        case .string: allowed.contains("string")
        case .array: allowed.contains("array")
        case .object: allowed.contains("object")
        }
    }
}

/// What the decoder makes of a body that came by the right lane.
struct Reading {
    private let read: ReadJob

    init(_ kind: JobKind, _ body: JSON) throws {
        var envelope = Envelope(
            lane: kind.lane, exchange: WireName.jobs, routingKey: kind.rawValue, body: .bytes(try body.bytes),
            receivedAt: Timestamp(seconds: 1_800_000_000))
        envelope.contentType = "application/json"
        envelope.messageID = "m-1"
        envelope.type = "verify.\(kind.rawValue).v1"
        read = JobDecoder().read(envelope)
    }

    var isJob: Bool { if case .job = read.content { true } else { false } }
    var unknownFields: Int { read.unknownFields }

    var problems: [FieldProblem] {
        guard case .invalid(_, let problems, _) = read.content else { return [] }
        return problems
    }
}

extension JSON {
    /// The object with a field changed, or without it.
    func with(_ field: String, _ value: JSON?) -> JSON {
        var members = members
        members[field] = value
        return .object(members)
    }
}
