import Basics
import Testing

@testable import Wire

@Suite("Contract 2: any job at all")
struct JobTableTests {
    @Test("2 Table: a job with the fields of its row is read", arguments: JobKind.allCases)
    func everyField(kind: JobKind) throws {
        var random = RandomJob(seed: 1)
        for _ in 0..<40 {
            let body = random.body(of: kind)
            let text = random.text(of: body)
            let read = Messages.read(kind.rawValue, text)
            let job = try #require(read.job, "\(text): \(read.problems)")
            #expect(job.kind == kind)
            #expect(read.unknownFields == 0)
        }
    }

    @Test("2 Table: a job says of itself which fields it has", arguments: JobKind.allCases)
    func declaredFields(kind: JobKind) {
        let declared = kind.definition.fields.map(\JobField.name)
        #expect(Set(declared) == Set(JobTable.fields(of: kind).map(\.name)))
        #expect(Set(declared).count == declared.count)
    }

    @Test("5.6 a field that holds a secret in one job is taken for one in all")
    func secretFields() {
        #expect(JobKind.secretFields == ["code", "ticket"])
        #expect(JobKind.openFields.isDisjoint(with: JobKind.secretFields))
        #expect(JobKind.openFields.isSuperset(of: ["job", "phone", "user"]) && JobKind.openFields.count == 31)
    }

    @Test("5.2 what only reads")
    func onlyReads() {
        #expect(JobKind.allCases.filter(\.onlyReads) == [.options, .outcome, .adminAuditList])
    }

    @Test("2 Table: a job that calls shares its lane by what it calls")
    func operations() {
        for kind in JobKind.allCases {
            #expect((kind.operation != nil) == [.send, .check].contains(kind.lane), "\(kind.rawValue)")
        }
    }

    @Test("2 Body: unknown fields are ignored and counted", arguments: UInt64(1)...UInt64(8))
    func unknownFields(seed: UInt64) {
        var random = RandomJob(seed: seed)
        for _ in 0..<150 {
            let kind = random.kind()
            let strangers = random.strangers(to: kind)
            let body = random.body(of: kind).merging(strangers) { first, _ in first }
            let text = random.text(of: body)
            let read = Messages.read(kind.rawValue, text)
            #expect(read.job != nil, "\(kind.rawValue) \(text): \(read.problems)")
            #expect(read.unknownFields == strangers.count, "\(kind.rawValue) \(text)")
        }
    }

    @Test("2 Body: a wrong type makes the job invalid, and the field is named", arguments: UInt64(11)...UInt64(18))
    func wrongType(seed: UInt64) {
        var random = RandomJob(seed: seed)
        for _ in 0..<150 {
            let kind = random.kind()
            guard let field = random.field(of: kind) else { continue }
            var body = random.body(of: kind)
            body[field.name] = random.wrong(field)
            let text = random.text(of: body)
            let read = Messages.read(kind.rawValue, text)
            #expect(read.job == nil, "\(kind.rawValue) \(text)")
            #expect(read.reason == .malformed)
            #expect(read.deadLetter == (read.problems.allSatisfy(\.isMistyped) ? nil : .malformed))
            #expect(
                read.problems.contains { $0.field == field.name || $0.field.hasPrefix(field.name + ".") }, "\(text)")
        }
    }

    @Test("2 Body: null in an optional field is the same as its absence", arguments: JobKind.allCases)
    func nulls(kind: JobKind) throws {
        var random = RandomJob(seed: 9)
        for field in JobTable.fields(of: kind) {
            var body = random.body(of: kind)
            body[field.name] = .null
            let read = Messages.read(kind.rawValue, random.text(of: body))
            if field.isRequired {
                #expect(read.problems.map(\.field) == [field.name], "\(field.name)")
                continue
            }
            let job = try #require(read.job, "\(kind.rawValue) \(field.name) \(read.problems)")
            // There null takes the value away.
            if field.value == .timeOrNull { continue }
            body[field.name] = nil
            let without = try #require(Messages.read(kind.rawValue, random.text(of: body)).job)
            // Letter by letter, in any order: equal dictionaries do not list their members alike.
            #expect(String(reflecting: job).sorted() == String(reflecting: without).sorted(), "\(field.name)")
        }
    }

    @Test("2 Body: an unknown enum value is invalid", arguments: JobKind.allCases)
    func unknownWord(kind: JobKind) {
        var random = RandomJob(seed: 5)
        for field in JobTable.fields(of: kind) {
            guard case .word(let words) = field.value else { continue }
            let wrong = words.flatMap { [$0.uppercased(), $0 + " ", String($0.dropLast())] } + ["", "null", "any"]
            for word in wrong {
                var body = random.body(of: kind)
                body[field.name] = .string(word)
                let problems = Messages.read(kind.rawValue, random.text(of: body)).problems
                #expect(problems == [FieldProblem(field.name, "unknown_value")], "\(word)")
            }
        }
    }

    @Test("2 Body: each required field is missed by name", arguments: JobKind.allCases)
    func required(kind: JobKind) {
        var random = RandomJob(seed: 7)
        for field in JobTable.fields(of: kind) where field.isRequired {
            var body = random.body(of: kind)
            body[field.name] = nil
            let problems = Messages.read(kind.rawValue, random.text(of: body)).problems
            #expect(problems == [FieldProblem(field.name, "missing")])
        }
    }

    @Test("2 Body: a number is whole and within its range", arguments: JobKind.allCases)
    func numbers(kind: JobKind) {
        var random = RandomJob(seed: 9)
        for field in JobTable.fields(of: kind) {
            guard case .number(let range) = field.value else { continue }
            let outside = [range.lowerBound - 1, range.upperBound + 1, -1, .max].map { String($0) } + ["-0"]
            for text in outside + ["9" + String(repeating: "9", count: 30)] {
                var body = random.body(of: kind)
                body[field.name] = .number(text)
                let problems = Messages.read(kind.rawValue, random.text(of: body)).problems
                #expect(problems == [FieldProblem(field.name, "out_of_range")], "\(text)")
            }
            for text in ["1.0", "1e0", "2.5"] {
                var body = random.body(of: kind)
                body[field.name] = .number(text)
                let problems = Messages.read(kind.rawValue, random.text(of: body)).problems
                #expect(problems == [FieldProblem(field.name, "wrong_type")], "\(text)")
            }
        }
    }

    @Test("2 Body: random JSON under any key is a job or invalid, never a crash", arguments: UInt64(21)...UInt64(28))
    func randomJSON(seed: UInt64) {
        var random = RandomJob(seed: seed)
        var json = RandomJSON(seed: seed)
        for _ in 0..<250 {
            let kind = random.kind()
            var envelope = Messages.envelope(kind.rawValue, "")
            envelope.body = .bytes(json.noise())
            let noise = Messages.read(envelope)
            #expect(noise.job != nil || noise.deadLetter == .malformed)
            let value = Messages.read(kind.rawValue, json.render(json.value(depth: 6)))
            #expect(value.job != nil || value.deadLetter == .malformed)
        }
    }

    @Test("2 Body: a job with any field replaced by anything is a job or invalid", arguments: UInt64(31)...UInt64(38))
    func mutated(seed: UInt64) {
        var random = RandomJob(seed: seed)
        var json = RandomJSON(seed: seed)
        for _ in 0..<250 {
            let kind = random.kind()
            guard let field = random.field(of: kind) else { continue }
            var body = random.body(of: kind)
            body[field.name] = json.value(depth: 4)
            let read = Messages.read(kind.rawValue, random.text(of: body))
            #expect((read.job != nil) == read.problems.isEmpty)
        }
    }
}
