import Testing

@testable import App

@Suite("Layers of the configuration")
struct ConfigPrecedenceTests {
    /// Which layers give a value, and which of them must win.
    static let table: [(given: Set<ConfigEntry.Source>, wins: ConfigEntry.Source)] = {
        let layers = ConfigEntry.Source.allCases.dropLast()
        return (0..<16).map { bits in
            let given = Set(layers.enumerated().filter { bits & 1 << $0.offset != 0 }.map(\.element))
            return (given, layers.first { given.contains($0) } ?? .none)
        }
    }()

    @Test("win in their order, whichever of them give a value", arguments: 0..<16)
    func precedence(row: Int) throws {
        let (given, wins) = Self.table[row]
        let folder = try Folder()
        var environment: [String: String] = [:]
        if given.contains(.environment) { environment["VERIFY_COURIER_WORKER_SEND_SLOTS"] = "2" }
        if given.contains(.secretFile) { try folder.write("worker-send_slots", "3\n") }
        let settings = try Configured.settings(
            flags: given.contains(.flag) ? ["worker.send_slots": "1"] : [:], environment,
            yaml: given.contains(.file) ? "worker:\n  send_slots: 4\n" : nil, secrets: folder.path)
        let expected: [ConfigEntry.Source: Int] = [.flag: 1, .environment: 2, .secretFile: 3, .file: 4, .none: 128]
        #expect(try settings.number("worker.send_slots") == expected[wins])
        #expect(settings.entry("worker.send_slots")?.source == wins)
    }

    @Test("reach every key by its variable, its secret file and its default")
    func everyKey() throws {
        for key in ConfigKey.all {
            let folder = try Folder()
            try folder.write(key.secretFileName, "from the file")
            let named = try Configured.loader([key.fileVariable: "\(folder.path)/\(key.secretFileName)"])
            #expect(named.entries.first { $0.key.name == key.name }?.value == "from the file")
            let mounted = try Configured.loader(secrets: folder.path)
            #expect(mounted.entries.first { $0.key.name == key.name }?.value == "from the file")
            let variable = try Configured.loader([key.environmentName: "from the variable"])
            #expect(variable.entries.first { $0.key.name == key.name }?.value == "from the variable")
            #expect(variable.problems.isEmpty)
            #expect(try Configured.loader().entries.first { $0.key.name == key.name }?.value == key.fallback)
        }
    }

    @Test("give each other way when a value is blank, but for options whose blank means something")
    func blank() throws {
        let settings = try Configured.settings(
            [
                "VERIFY_COURIER_WORKER_SEND_SLOTS": " ", "VERIFY_COURIER_WORKER_CHECK_SLOTS": "",
                "VERIFY_COURIER_SITE_2FA_VER_SMS": "", "VERIFY_COURIER_LOG_LEVEL_FILE": "",
            ],
            yaml: "worker: {send_slots: 4, check_slots: null, account_slots: ~}\nsite: {2FA_VER_SMS: Disabled}\nlog:\n")
        #expect(try settings.number("worker.send_slots") == 4)
        #expect(try settings.number("worker.check_slots") == 128)
        #expect(try settings.number("worker.account_slots") == 64)
        #expect(settings.entry("site.2FA_VER_SMS")?.source == .environment)
        #expect(settings.siteOptions()["2FA_VER_SMS"] == nil)
    }

    @Test("take secrets from systemd's folder before the usual one")
    func credentials() throws {
        let (systemd, usual) = (try Folder(), try Folder())
        try systemd.write("site-2FA_VERIFY_AUTHTOKEN", "first")
        try usual.write("site-2FA_VERIFY_AUTHTOKEN", "second")
        let both = try Configured.settings(["CREDENTIALS_DIRECTORY": systemd.path], secrets: usual.path)
        #expect(both.text("site.2FA_VERIFY_AUTHTOKEN") == "first")
        #expect(try Configured.settings(secrets: usual.path).text("site.2FA_VERIFY_AUTHTOKEN") == "second")
        #expect(try Configured.settings(secrets: "/nowhere").text("site.2FA_VERIFY_AUTHTOKEN") == nil)
    }

    @Test("tell where each value came from")
    func places() throws {
        let folder = try Folder()
        let secret = try folder.write("token", "t")
        let settings = try Configured.settings(
            flags: ["worker.admin_slots": "1"],
            ["VERIFY_COURIER_LOG_LEVEL": "debug", "VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN_FILE": secret],
            yaml: "\nops.listen: off\n")
        func place(_ name: String) -> String? { settings.entry(name)?.place }
        #expect(place("worker.admin_slots") == "--set worker.admin_slots")
        #expect(place("log.level") == "VERIFY_COURIER_LOG_LEVEL")
        #expect(place("site.2FA_VERIFY_AUTHTOKEN") == secret)
        #expect(place("ops.listen")?.hasSuffix("config.yaml, line 2") == true)
        #expect(place("log.format") == "default")
    }

    @Test("keep secrets out of what is shown and printed")
    func hidden() throws {
        let settings = try Configured.settings([
            "VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN": "hidden-one",
            "VERIFY_COURIER_BROKER_URL": "amqp://anna:hidden-two@h1:1,amqps://h2,amqp://u:hidden@three@h3/v",
        ])
        for entry in settings.entries {
            for text in [entry.shown, "\(entry)", String(reflecting: entry)] { #expect(!text.contains("hidden-")) }
        }
        #expect(settings.entry("broker.url")?.shown == "amqp://anna:•••@h1:1,amqps://h2,amqp://u:•••@h3/v")
        let odd = try Configured.loader(["VERIFY_COURIER_BROKER_URL": "anna:hidden@host"])
        #expect(odd.entries.first { $0.key.name == "broker.url" }?.shown == "(hidden)")
    }
}
