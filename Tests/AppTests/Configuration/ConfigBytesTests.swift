import Logging
import Testing

@testable import App

/// What editors, pipelines and shells leave around a value.
@Suite("Values from outside")
struct ConfigBytesTests {
    private static let token = "site.2FA_VERIFY_AUTHTOKEN"
    private static let variable = "VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN"

    @Test("lose a byte order mark, wherever they come from")
    func mark() throws {
        let folder = try Folder()
        let file = try folder.write("token", "\u{FEFF}secret\n")
        #expect(try Configured.settings([Self.variable: "\u{FEFF}secret"]).text(Self.token) == "secret")
        #expect(try Configured.settings(["\(Self.variable)_FILE": file]).text(Self.token) == "secret")
        #expect(try Configured.settings(["VERIFY_COURIER_LOG_LEVEL": "\u{FEFF}debug"]).logLevel == .debug)
        #expect(try Configured.settings(flags: ["log.level": "\u{FEFF}debug"]).logLevel == .debug)
    }

    @Test(
        "are refused for Twilio's secrets where Twilio would refuse them, in words without the value",
        arguments: [
            ("hid\u{200B}den", "its character 4 is one that cannot be seen (U+200B)"),
            ("hidden\u{FEFF}", "its character 7 is one that cannot be seen (U+FEFF)"),
            ("hid\u{A0}den", "its character 4 is one that cannot be seen (U+A0)"),
            ("hiddén", "its character 5 is one beyond ASCII"), ("“hidden”", "its character 1 is one beyond ASCII"),
            ("\"hidden\"", "without the quotes around it"), ("'hidden'", "without the quotes around it"),
        ])
    func secrets(value: String, says: String) throws {
        for name in ["AUTHTOKEN", "APIKEYSECRET"] {
            let problems = try Configured.problems(["VERIFY_COURIER_SITE_2FA_VERIFY_\(name)": value])
            #expect(problems.count == 1)
            #expect(
                problems[0].hasPrefix("site.2FA_VERIFY_\(name) must be printable ASCII") && problems[0].contains(says))
            #expect(!problems[0].contains("hid") && !problems[0].contains("é"))
        }
    }

    @Test("with quotes around them are warned of, and not shown", arguments: ["\"hidden\"", "'hidden'"])
    func quotes(value: String) throws {
        let settings = try Configured.settings(["VERIFY_COURIER_BROKER_TLS_SERVER_NAME": value])
        #expect(
            settings.warnings == [
                "broker.tls.server_name has quotes around its value, which count as a part of it (VERIFY_COURIER_BROKER_TLS_SERVER_NAME)"
            ])
        #expect(try Configured.settings(yaml: "broker.tls.server_name: \(value)").warnings.isEmpty)
    }

    @Test(
        "are no URL with a password in a flag, which shows in the list of processes",
        arguments: [
            ("broker.url", "amqp://u:hidden@broker"), ("broker.url", "amqp://a, amqps://u:hidden@b/v"),
            ("broker.url", "amqp://guest:hidden@127.0.0.1"), ("broker.url", "amqp://u:hid,den@b"),
            ("broker.url", "amqp://u:hid@den@b"), ("store.url", "postgresql://u:hidden@db/verify"),
            ("twilio.base_url", "https://u:hidden@verify.twilio.com"),
        ])
    func passwordInFlag(name: String, value: String) throws {
        let problems = try Configured.problems(flags: [name: value])
        let variable = try #require(ConfigKey.named(name)?.environmentName)
        #expect(problems.count == 1)
        #expect(problems[0].hasPrefix("\(name) may not be given by a flag with a password in it"))
        #expect(problems[0].contains("\(variable)_FILE") && problems[0].contains("0600"))
        #expect(!problems[0].contains("hid"))
    }

    @Test(
        "with a password in a configuration file that others may read are warned of",
        arguments: [
            ("amqp://u:hidden@b", 0o644, true), ("amqp://u:hidden@b", 0o600, false),
            ("amqp://u:hidden@b", 0o640, false),
            ("amqp://guest:guest@127.0.0.1", 0o644, false), ("amqp://u@b", 0o644, false),
        ])
    func readable(url: String, mode: Int, isWarned: Bool) throws {
        let folder = try Folder()
        let path = try folder.write("c.yaml", "broker.url: \(url)\n", mode: mode)
        let loader = ConfigLoader(flags: [:], file: path, environment: [:], secrets: nil)
        #expect(
            loader.warnings
                == (isWarned ? ["\(path) holds a password and may be read by others (mode 0644): chmod 600 it"] : []))
    }

    @Test(
        "are one in a flag where it has none, or the one that everybody knows",
        arguments: ["amqp://broker", "amqp://u@broker", "amqp://guest:guest@127.0.0.1:5672", "amqp://a,amqp://b:5672"])
    func withoutPassword(url: String) throws {
        #expect(try Configured.problems(flags: ["broker.url": url]).isEmpty)
    }
}
