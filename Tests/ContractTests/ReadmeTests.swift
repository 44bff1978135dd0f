import Testing
import Wire

@Suite("The tables of the contract's page are the program's")
struct ReadmeTests {
    private let readme: Readme
    private let schemas: Schemas

    init() throws {
        readme = try Readme()
        schemas = try Schemas.published()
    }

    private func column(_ heading: String, _ index: Int = 0) -> [String] {
        readme.table(heading).flatMap { Readme.quoted($0[index]) }
    }

    @Test("outcomes")
    func outcomes() {
        #expect(column("Outcomes").sorted() == Outcome.allCases.map(\.rawValue).sorted())
    }

    @Test("limits")
    func limits() {
        #expect(column("Limits").sorted() == LimitName.allCases.map(\.rawValue).sorted())
    }

    @Test("reasons, each under the outcome that the schemas give it")
    func reasons() {
        #expect(column("Reasons", 1).sorted() == Reason.allCases.map(\.rawValue).sorted())
        var listed: [String: Set<String>] = [:]
        for row in readme.table("Reasons") {
            listed[Readme.quoted(row[0]).joined(), default: []].formUnion(Readme.quoted(row[1]))
        }
        var ruled: [String: Set<String>] = [:]
        for rule in schemas.shared("reply_fields").schema["allOf"]?.elements ?? [] {
            guard let outcome = rule["if"]?["properties"]?["outcome"]?["const"]?.text else { continue }
            let reasons = rule["then"]?["properties"]?["reason"]?["enum"]?.texts ?? []
            if !reasons.isEmpty { ruled[outcome] = Set(reasons) }
        }
        #expect(listed == ruled)
    }

    @Test("jobs with their fields and outcomes", arguments: JobKind.allCases)
    func jobs(kind: JobKind) throws {
        let row = try #require(readme.jobs.first { $0.kind == kind.rawValue })
        let common = kind.isAdministration ? [] : Set(schemas.properties(of: schemas.shared("login_job")).keys)
        let fields = Set(schemas.properties(of: schemas.job(kind)).keys)
        #expect(row.fields == fields.subtracting(common))
        // An `outcome` has its own first; the others are those of the jobs that it asks for.
        let place = schemas.reply(kind)
        let own = place.schema["properties"] ?? place.schema["anyOf"]?.elements.first?["properties"]
        let allowed = own?["outcome"]?["enum"]?.texts ?? []
        #expect(Set(allowed) == Set(row.outcomes + readme.universal))
    }

    @Test("no job that there is not")
    func noOtherJobs() {
        #expect(readme.jobs.map(\.kind).sorted() == JobKind.allCases.map(\.rawValue).sorted())
    }

    @Test("a job's optional fields are marked", arguments: JobKind.allCases)
    func optional(kind: JobKind) throws {
        let row = try #require(readme.table("Jobs").first { $0[0] == "`\(kind.rawValue)`" })
        let required = schemas.required(of: schemas.job(kind))
        for field in Readme.quoted(row[1]) {
            #expect(row[1].contains("`\(field)`?") == !required.contains(field), "\(field)")
        }
    }
}
