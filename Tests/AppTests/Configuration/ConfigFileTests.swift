import Testing

@testable import App

@Suite("The configuration file")
struct ConfigFileTests {
    private func parse(_ yaml: String) -> (values: [String: String], problems: [String]) {
        var notes = ConfigNotes()
        let values = ConfigFile.parse(yaml, path: "c.yaml", &notes)
        return (values.mapValues(\.text), notes.problems)
    }

    @Test("may nest its keys or write them with dots, and lists either way")
    func forms() {
        let read = parse(
            """
            # all forms
            worker:
              send_slots: 12
              drain_seconds: "7"
            log.level: debug
            limits: {cooldown_seconds: [1, 2], sms_countries: "NO, SE"}
            site:
              2FA_PROVIDER: None
              2FA_VER_SMS:
              tickets: off
            ops:
            """)
        #expect(read.problems.isEmpty)
        #expect(
            read.values == [
                "worker.send_slots": "12", "worker.drain_seconds": "7", "log.level": "debug",
                "limits.cooldown_seconds": "1,2", "limits.sms_countries": "NO, SE", "site.2FA_PROVIDER": "None",
                "site.2FA_VER_SMS": "", "site.tickets": "off",
            ])
    }

    @Test("may be empty", arguments: ["", "# nothing\n", "---\n", "~"])
    func empty(yaml: String) {
        #expect(parse(yaml).values.isEmpty)
        #expect(parse(yaml).problems.isEmpty)
    }

    @Test(
        "is refused with its line where it is no YAML or no map",
        arguments: [
            ("worker: [1", "c.yaml, line 2, is no YAML: did not find expected ',' or ']'"),
            ("a: b: c", "c.yaml, line 1, is no YAML: mapping values are not allowed in this context"),
            ("log:\n\tlevel: info", "c.yaml, line 2, is no YAML: found character that cannot start any token"),
            ("- worker", "c.yaml must hold keys and values, as in 'log.level: debug'"),
            ("worker", "c.yaml must hold keys and values, as in 'log.level: debug'"),
            ("log.level: info\nlog.level: debug\n", "c.yaml, line 1: log.level stands there twice"),
            ("log.level: info\nlog: {level: debug}\n", "log.level stands there twice (c.yaml, line 2)"),
            ("worker: 5", "worker is a section: put its keys below it, indented (c.yaml, line 1)"),
            ("worker: {}", "worker is a section: put its keys below it, indented (c.yaml, line 1)"),
            ("? [a]\n: b", "a key must be a word (c.yaml, line 1)"),
            ("log: *none", "c.yaml, line 1, is no YAML: found undefined alias"),
            ("log.level: info\n---\nlog.level: info", "c.yaml, line 2, is no YAML: but found another document"),
        ])
    func broken(yaml: String, says: String) {
        #expect(parse(yaml).problems == [says])
    }

    @Test("is never quoted in an error: it may hold what should not be in it")
    func unquoted() {
        let yaml = "site: {2FA_VERIFY_AUTHTOKEN: 'hidden-token', broker: [hidden-token\n"
        #expect(!parse(yaml).problems.isEmpty)
        #expect(!parse(yaml).problems.joined().contains("hidden"))
        let nested = parse(String(repeating: "a: {", count: 40) + String(repeating: "}", count: 40))
        #expect(nested.problems.count == 1)
    }

    @Test("that cannot be read is named")
    func missing() {
        let loader = ConfigLoader(flags: [:], file: "/nowhere/c.yaml", environment: [:], secrets: nil)
        #expect(
            loader.problems == ["the configuration file /nowhere/c.yaml cannot be read, or is larger than 1 MiB"])
    }
}
