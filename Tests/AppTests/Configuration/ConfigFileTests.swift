import Foundation
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

    @Test("may begin with a byte order mark")
    func mark() throws {
        let settings = try Configured.settings(yaml: "\u{FEFF}log.level: debug\nevents.enabled: true\n")
        #expect(settings.text("log.level") == "debug")
        #expect(try settings.flag("events.enabled"))
    }

    @Test(
        "in another encoding is told as such",
        arguments: [
            ([0xFF, 0xFE, 0x6C, 0x00], "is UTF-16: save it as UTF-8"),
            ([0xFE, 0xFF, 0x00, 0x6C], "is UTF-16: save it as UTF-8"),
            ([0x6C, 0x00, 0x6F, 0x00, 0x67, 0x00], "is UTF-16: save it as UTF-8"),
            (
                Array("log.level: info\n# ".utf8) + [0xFC],
                "is not text in UTF-8: line 2 is not. Save it as UTF-8"
            ),
        ] as [([UInt8], String)])
    func encoding(bytes: [UInt8], says: String) throws {
        let folder = try Folder()
        let path = "\(folder.path)/c.yaml"
        try Data(bytes).write(to: URL(filePath: path))
        let loader = ConfigLoader(flags: [:], file: path, environment: [:], secrets: nil)
        #expect(loader.problems == ["the configuration file \(path) \(says)"])
    }

    @Test("that cannot be read is named")
    func missing() {
        let loader = ConfigLoader(flags: [:], file: "/nowhere/c.yaml", environment: [:], secrets: nil)
        #expect(
            loader.problems == ["the configuration file /nowhere/c.yaml cannot be read, or is larger than 1 MiB"])
    }
}
