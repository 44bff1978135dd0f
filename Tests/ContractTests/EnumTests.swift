import Basics
import SitePolicy
import Testing
import Wire

@Suite("The values that the schemas list are those of the program")
struct EnumTests {
    private let schemas: Schemas

    init() throws {
        schemas = try Schemas.published()
    }

    @Test("in the shared definitions", arguments: Listed.shared)
    func shared(name: String, values: [String]) {
        #expect(sorted(schemas.shared(name).schema["enum"]) == values.sorted())
    }

    @Test("in single jobs", arguments: Listed.inJobs)
    func inJob(kind: JobKind, field: String, values: [String]) throws {
        let place = try #require(schemas.properties(of: schemas.job(kind))[field])
        #expect(sorted(schemas.keyword("enum", of: place)) == values.sorted())
    }

    @Test("for each site option", arguments: SiteOptions.defaults.keys.sorted())
    func siteOption(name: String) throws {
        let options = try #require(schemas.properties(of: schemas.job(.adminOptionsSet))["options"])
        let values = try #require(schemas.properties(of: options)[name]?.schema["enum"])
        #expect(values.elements.contains(.null))
        #expect(sorted(values) == SiteOptions.values(of: name)?.sorted())
    }

    @Test("and there is a schema for every job and reply, for what listeners and programs read, and none besides")
    func files() {
        let messages = JobKind.allCases.flatMap { ["\($0.rawValue).v1.json", "\($0.rawValue).result.v1.json"] }
        let others = ["common", "event", "health", "outcomes", "status"].map { "\($0).v1.json" }
        #expect(Set(schemas.files.keys) == Set(messages + others))
        for (name, schema) in schemas.files where name != "common.v1.json" {
            #expect(schema["title"]?.text == "verify." + name.dropLast(5))
        }
    }

    @Test("and a decision's path is made of the words that are listed, all of them")
    func because() {
        let listed = Set(schemas.shared("because").schema["items"]?["enum"]?.texts ?? [])
        var seen: Set<String> = []
        for options in Self.everyOptions {
            for person in Self.everyPerson {
                for application in Application.allCases {
                    let decision = LoginPolicy.decide(options, application: application, person: person, now: Self.now)
                    seen.formUnion(decision.because)
                }
            }
        }
        #expect(seen == listed)
    }

    private func sorted(_ values: JSON?) -> [String] { (values?.texts ?? []).sorted() }

    private static let now = Timestamp(seconds: 1_800_000_000)

    private static var everyOptions: [SiteOptions] {
        LoginType.allCases.flatMap { type in
            [true, false].flatMap { provider in
                [true, false].map { isEnabled in
                    var options = SiteOptions()
                    (options.web, options.windows, options.usesProvider) = (type, type, provider)
                    options.disabled = isEnabled ? [] : Set(Wire.Method.allCases)
                    return options
                }
            }
        }
    }

    private static var everyPerson: [PersonFacts] {
        [true, false].flatMap { known in
            [true, false].flatMap { required in
                [nil, now + .seconds(60)].flatMap { grace in
                    [[], [.phone]].map { (factors: Set<Factor>) in
                        var person = PersonFacts()
                        (person.known, person.required) = (known, required)
                        (person.graceUntil, person.factors) = (grace, factors)
                        return person
                    }
                }
            }
        }
    }
}

/// Which list of the schemas is which type of the program.
private enum Listed {
    static let shared: [(String, [String])] = [
        ("outcome", Outcome.allCases.map(\.rawValue)), ("reason", Reason.allCases.map(\.rawValue)),
        ("limit_name", LimitName.allCases.map(\.rawValue)), ("channel", Channel.allCases.map(\.rawValue)),
        ("method", Wire.Method.allCases.map(\.rawValue)), ("factor", Factor.allCases.map(\.rawValue)),
        ("application", Application.allCases.map(\.rawValue)),
        ("dead_letter_reason", DeadLetterReason.allCases.map(\.rawValue)),
        ("dead_letter_state", DeadLetterState.allCases.map(\.rawValue)),
        ("decision", LoginDecision.Verdict.allCases.map(\.rawValue)),
        ("site_option", SiteOptions.defaults.keys.sorted()),
    ]

    static let inJobs: [(JobKind, String, [String])] = [
        (.registerAuthenticator, "qr", Picture.allCases.map(\.rawValue)),
        (.adminUserList, "filter", UserFilter.allCases.map(\.rawValue)),
        (.adminUserReset, "what", ResetScope.allCases.map(\.rawValue)),
    ]
}
