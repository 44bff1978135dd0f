import AMQP
import App
import SitePolicy
import Testing
import Wire

@Suite("docs/contract/tests.md names a test for each promise of the contract")
struct TestTableTests {
    private let page: Readme
    private let schemas: Schemas

    init() throws {
        page = try Readme("tests.md")
        schemas = try Schemas.published()
    }

    /// What the lines of a section name in quotes; a section may have several headings.
    private func words(_ sections: String...) -> Set<String> {
        let headings = page.headings.filter { heading in sections.contains { heading.hasPrefix("\($0) ") } }
        return Set(headings.flatMap { page.table($0) }.flatMap { Readme.quoted($0[0]) })
    }

    private func fields(_ place: Schemas.Place) -> Set<String> {
        Set(schemas.properties(of: place).keys)
    }

    @Test("and each of them exists")
    func tests() throws {
        let declared = try TestNames.declared()
        let rows = page.headings.flatMap { page.table($0) }
        #expect(rows.count > 200)
        for row in rows {
            let tests = row.count == 2 ? Readme.quoted(row[1]) : []
            #expect(!tests.isEmpty, "\(row[0])")
            for test in tests { #expect(declared.contain(test), "there is no '\(test)'") }
        }
    }

    @Test("a test's name is found in every form that one may have")
    func forms() {
        let source = """
                @Test("one", arguments: [1]) func a() {}
                @Test(
                    "two \\"quoted\\"",
                    arguments: ["x"])
                func b(x: String) {}
                @Test(arguments: ["three"]) func `Three: of them`(x: String) {}
                @Test func four() {}
                // @Test("five")
            """
        #expect(TestNames.tests(in: source) == ["one", "two \"quoted\"", "Three: of them", "four"])
    }

    @Test("1: every exchange, queue and prefix of a queue's name")
    func places() {
        let names = TopologyPlan.exchanges.map(\.name) + TopologyPlan.queues.map(\.name)
        let missing = Set(names + [WireName.replyPrefix, WireName.listenPrefix]).subtracting(words("1"))
        #expect(missing.isEmpty)
    }

    @Test("2: every job, its fields, every property, every reason of a dead letter")
    func jobs() throws {
        var wanted = Set(JobKind.allCases.map(\.rawValue) + DeadLetterReason.allCases.map(\.rawValue))
        for kind in JobKind.allCases { wanted.formUnion(fields(schemas.job(kind))) }
        wanted.formUnion(try Readme().table("Properties of a job").flatMap { Readme.quoted($0[0]) })
        #expect(wanted.subtracting(words("2")).isEmpty)
    }

    @Test("3: every field of a reply, every limit, decision, step to it, and state of a channel")
    func replies() throws {
        var wanted = Set(LimitName.allCases.map(\.rawValue) + LoginDecision.Verdict.allCases.map(\.rawValue))
        for kind in JobKind.allCases { wanted.formUnion(fields(schemas.reply(kind))) }
        for list in ["profile", "methods"] { wanted.formUnion(fields(schemas.shared(list))) }
        wanted.formUnion(schemas.shared("because").schema["items"]?["enum"]?.texts ?? [])
        wanted.formUnion(ChannelStatus.State.allCases.map(\.rawValue))
        #expect(wanted.subtracting(words("3")).isEmpty)
    }

    @Test("4: every outcome and reason")
    func outcomes() {
        let wanted = Set(Outcome.allCases.map(\.rawValue) + Reason.allCases.map(\.rawValue))
        #expect(wanted.subtracting(words("4")).isEmpty)
    }

    @Test("5: each of the seven promises", arguments: 1...7)
    func promises(number: Int) {
        let rows = page.headings.filter { $0.hasPrefix("5 ") }.flatMap { page.table($0) }
        #expect(rows.contains { $0[0].hasPrefix("5.\(number) ") })
    }

    @Test("6 to 8: every configuration key, limits and site options among them")
    func keys() {
        #expect(Set(ConfigKey.all.map(\.name)).subtracting(words("6", "7", "8")).isEmpty)
        let house = ConfigKey.all.map(\.name).filter { $0.hasPrefix("site.") || $0.hasPrefix("limits.") }
        #expect(Set(house).subtracting(words("6")) == ["limits.enabled"])
    }

    @Test("7 and 8: every command")
    func commands() async throws {
        #expect(Set(try await Commands().all.map(\.name)).subtracting(words("7", "8")).isEmpty)
    }
}
