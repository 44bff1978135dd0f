import AMQP
import Basics
import Store
import StoreSQLite
import Testing
import TwilioVerify

@testable import App

@Suite("Judgement of facts")
struct JudgementTests {
    private let sound = StoreInspection(journalMode: "wal", synchronous: 2)

    private func store(_ inspection: StoreInspection, isWritable: Bool = true) -> Finding {
        var condition = StoreCondition()
        condition.issues = inspection.issues(path: "/s.db", isWritable: isWritable)
        return StoreCheck.judge("/s.db", condition)
    }

    @Test("tells the version of the metadata by the library's package, its file and that file's date")
    func numbers() async throws {
        let list = """
            Package: libphonenumber-dev
            Version: 9.9

            Package: libphonenumber8
            Status: install ok installed
            Version: 8.12.57+ds-3

            Package: other
            Version: 1
            """
        #expect(NumbersCheck.version(in: list) == "8.12.57+ds-3")
        #expect(NumbersCheck.version(in: "Package: other\nVersion: 1") == nil)
        let known = NumbersCheck.judge(
            file: "/lib/libphonenumber.so.8.12", date: Timestamp(rfc3339: "2022-11-24T00:00:00Z"), version: "8.12.57")
        #expect(
            known.message
                == "libphonenumber 8.12.57 (Debian's package), libphonenumber.so.8.12 of 2022-11-24; whether newer numbers exist is left to Twilio"
        )
        let unknown = NumbersCheck.judge(file: nil, date: nil, version: nil)
        #expect(unknown.message.hasPrefix("libphonenumber of unknown version, a file that cannot be told; "))
        let here = try #require(await NumbersCheck().findings().first)
        #expect(here.level == .ok)
        #expect(here.message.contains("libphonenumber"))
    }

    @Test("7 twilio.proxy: a proxy variable of the environment is not used, and said so; its value is not")
    func proxies() {
        #expect(ProxyCheck.judge(proxy: nil, variables: []).level == .ok)
        let missed = ProxyCheck.judge(proxy: nil, variables: ["https_proxy", "ALL_PROXY"])
        #expect(missed.level == .warn)
        #expect(
            missed.message == "https_proxy, ALL_PROXY are set and not used: set twilio.proxy if Twilio needs it")
        let both = ProxyCheck.judge(proxy: "http://proxy.example:3128", variables: ["https_proxy"])
        #expect(both.level == .ok)
        #expect(
            both.message == "Twilio is called through http://proxy.example:3128; https_proxy is set and not used")
    }

    @Test("warns of front ends that wait longer than common web servers let them")
    func waits() {
        #expect(StoreCheck.judge(waits: [:]).level == .ok)
        #expect(StoreCheck.judge(waits: ["web": .seconds(25)]).level == .ok)
        let finding = StoreCheck.judge(waits: ["web": .seconds(30), "other": .seconds(20), "": .milliseconds(25_001)])
        #expect(finding.level == .warn && finding.message.hasPrefix("a front end without a name waits up to 30 s"))
        #expect(finding.details.count == 1 && finding.details[0].hasPrefix("front end 'web' waits up to 35 s"))
    }

    @Test("takes a sound store for well, and everything else for a failure that says what to do")
    func stores() {
        #expect(store(sound).level == .ok)
        #expect(store(sound, isWritable: false).message == "/s.db or its folder cannot be written by this user")
        var other = sound
        other.synchronous = 1
        #expect(store(other).message.contains("synchronous = FULL"))
        other.journalMode = "delete"
        #expect(store(other).message == "/s.db has journal mode 'delete', not WAL: it was made by hand")
        other = sound
        other.damage = ["row 3 missing"]
        #expect(store(other).message == "/s.db is damaged: restore it from a backup (1 findings)")
        other = sound
        other.needsMigration = true
        #expect(store(other).level == .warn)
        other = sound
        other.lockedBy = "process 4242 (sqlite3)"
        #expect(store(other).level == .fail && store(other).message.contains("is locked by process 4242 (sqlite3)"))
        var condition = StoreCondition()
        condition.error = StoreError(.missing, "x")
        let missing = StoreCheck.judge("/s.db", condition)
        #expect(missing.level == .fail)
        #expect(missing.message == "there is no store at /s.db: run 'verify-courier store init'")
        condition.error = StoreError(.wrongKey, "The key.")
        let wrongKey = StoreCheck.judge("/s.db", condition)
        #expect(wrongKey.message == "/s.db: The key.")
    }

    @Test("warns of dead letters that wait")
    func letters() {
        #expect(StoreCheck.judge(waitingLetters: 0).level == .ok)
        #expect(StoreCheck.judge(waitingLetters: 1).message.hasPrefix("1 message waits"))
        let many = StoreCheck.judge(waitingLetters: 15)
        #expect(many.level == .warn && many.message.contains("15 messages wait") && many.message.contains("dead list"))
    }

    @Test(
        "wants a local disk with room",
        arguments: [
            (DiskFacts(kind: .local, freeBytes: 1 << 30), .ok), (DiskFacts(kind: .local, freeBytes: 499 << 20), .warn),
            (DiskFacts(kind: .local, freeBytes: 49 << 20), .fail),
            (DiskFacts(kind: .network("NFS"), freeBytes: 1 << 40), .fail),
            (DiskFacts(kind: .memory, freeBytes: 1 << 40), .warn),
            (DiskFacts(kind: .unknown("FUSE"), freeBytes: 1 << 40), .warn),
            (DiskFacts(kind: .network("SMB"), freeBytes: 0), .fail),
        ] as [(DiskFacts, Finding.Level)])
    func disks(facts: DiskFacts, level: Finding.Level) {
        #expect(
            Finding("disk", well: facts.description, facts.issues(folder: "/var").map(Finding.Issue.init)).level
                == level)
    }

    @Test(
        "knows the broker's versions",
        arguments: [
            ("3.9.29", .fail), ("2.8", .fail), ("3.10.8", nil), ("3.13.7", nil), ("4.0.0", nil), ("4.3.5", nil),
            ("5.0", .warn), ("", .warn), ("x.y", .warn),
        ] as [(String, Finding.Level?)])
    func versions(version: String, level: Finding.Level?) {
        #expect(BrokerCheck.judge(version: version).map(\.level) == (level.map { [$0] } ?? []))
    }

    @Test("forgives a broker that is away while another answers")
    func brokers() throws {
        func answer(_ url: String, _ result: Result<FieldTable, AMQPError>) throws -> BrokerCheck.Answer {
            BrokerCheck.Answer(url: try BrokerURL(url), result: result)
        }
        let there = try answer("amqp://u:hidden@a", .success(["version": .string(Array("3.10.8".utf8))]))
        let away = try answer("amqp://u:hidden@b", .failure(AMQPError(.unreachable, "cannot connect to b")))
        #expect(BrokerCheck.judge([there]).message == "amqp://u@a:5672 (virtual host '/'), RabbitMQ 3.10.8")
        #expect(BrokerCheck.judge([there, away]).level == .warn)
        #expect(BrokerCheck.judge([away, away]).level == .fail)
        var few = there
        few.channels = 4
        #expect(
            BrokerCheck.judge([few]).message
                == "the broker allows 4 channels a connection, a worker needs 5: raise channel_max in its configuration"
        )
        let refused = try answer("amqp://u:hidden@b", .failure(AMQPError(.authentication, "refused")))
        #expect(BrokerCheck.judge([refused]).message == "refused: look at user and password in broker.url")
    }

    @Test("names what is missing at the broker, what differs and what was not compared")
    func topology() {
        #expect(
            TopologyCheck.judge([("a", .right), ("b", .right)]).message
                == "2 exchanges and queues, as the contract has them")
        let hidden = TopologyCheck.judge([("a", .right), ("b", .notTold)])
        #expect(hidden.level == .warn && hidden.message.contains("b"))
        let open = TopologyCheck.judge([("a", .right), ("b", .notCompared)])
        #expect(open.level == .ok)
        #expect(open.message == "2 exchanges and queues; this user may not compare arguments of 1")
        let wrong = TopologyCheck.judge([
            ("a", .missing), ("b", .differs("b has x")), ("c", .missing), ("d", .failed("f")),
        ])
        #expect(wrong.level == .fail)
        #expect(wrong.message == "missing: a, c; run 'verify-courier topology apply'")
        #expect(
            wrong.details == ["b has x; empty and delete it, then run 'verify-courier topology apply'", "d: f"])
    }

    @Test(
        "understands the broker's words for a difference",
        arguments: [
            (
                "406 PRECONDITION_FAILED - inequivalent arg 'x-delivery-limit' for queue 'verify.send' in vhost '/': received '100' but current is '5'",
                "queue verify.send has x-delivery-limit 5, and must have 100"
            ),
            (
                "inequivalent arg 'x-queue-type' for queue 'verify.dead' in vhost 'v': received the value 'quorum' of type 'longstr' but current is none",
                "queue verify.dead has x-queue-type none, and must have quorum"
            ),
            (
                "inequivalent arg 'x-max-length' for queue 'q' in vhost '/': received none but current is the value '100' of type 'long'",
                "queue q has x-max-length 100, and must have none"
            ),
            (
                "inequivalent arg 'type' for exchange 'verify' in vhost '/': received 'topic' but current is 'direct'",
                "exchange verify has type direct, and must have topic"
            ), ("something else", nil),
        ] as [(String, String?)])
    func differences(text: String, expected: String?) {
        #expect(TopologyDifference(text)?.description == expected)
    }

    @Test("wants a service with codes that are hard to guess")
    func services() {
        func judge(
            _ length: Int?, customCode: Bool? = nil, minutes: Int = 10, elsewhere: String? = nil
        ) -> [String] {
            var settings = ServiceSettings()
            (settings.friendlyName, settings.codeLength, settings.customCodeEnabled) = ("x", length, customCode)
            let service = Service(sid: "VA", settings: settings)
            let finding = TwilioCheck.judge(.success(service), codeMinutes: minutes, elsewhere: elsewhere)
            #expect(finding.level != .fail)
            return finding.level == .ok ? [] : [finding.message] + finding.details
        }
        #expect(judge(6, customCode: false) == [])
        #expect(judge(5).first?.hasPrefix("codes have 5 digits") == true)
        #expect(judge(6, customCode: true).first?.contains("switch custom codes off") == true)
        #expect(judge(6, minutes: 11).first?.hasPrefix("codes live 11 minutes") == true)
        #expect(judge(4, customCode: true, minutes: 60, elsewhere: "elsewhere").count == 4)
    }

    @Test("tells refused credentials from a missing service and from an outage")
    func failures() {
        func judge(_ result: Result<Service?, CallFailure>) -> Finding {
            TwilioCheck.judge(result, codeMinutes: 10, elsewhere: nil)
        }
        #expect(judge(.success(nil)).message.contains("site.2FA_VERIFY_SERVICESID"))
        let words: [(CallFailure.Result, String)] = [
            (.unauthorized, "refuses the credentials"), (.tlsError, "certificate"), (.timeout, "cannot be reached"),
            (.networkError, "cannot be reached"), (.serverError, "try again"),
        ]
        for (result, word) in words {
            let finding = judge(.failure(CallFailure(effect: .none, result: result)))
            #expect(finding.level == .fail)
            #expect(finding.message.contains(word))
        }
    }

    @Test(
        "wants a clock that agrees with Twilio's, which tells whole seconds",
        arguments: [
            (.zero, .ok), (.milliseconds(2999), .ok), (.seconds(-2), .ok), (.seconds(3), .warn), (.seconds(-30), .warn),
            (.seconds(31), .fail), (.seconds(-3600), .fail),
        ] as [(Duration, Finding.Level)])
    func clocks(offset: Duration, level: Finding.Level) {
        #expect(TwilioCheck.judge(clock: offset).level == level)
    }

    @Test("says which way a clock is wrong")
    func clockSides() {
        #expect(TwilioCheck.judge(clock: .seconds(-5)).message.contains("5 s behind Twilio's"))
        #expect(TwilioCheck.judge(clock: .seconds(5)).message.contains("5 s ahead of Twilio's"))
    }

    @Test("wants open files for every call, and a folder that is ours alone")
    func system() {
        #expect(SystemCheck.judge(openFiles: 1024, callsAtOnce: 0).level == .ok)
        #expect(SystemCheck.judge(openFiles: 405, callsAtOnce: 0).level == .warn)
        #expect(SystemCheck.judge(openFiles: 250, callsAtOnce: 100).level == .ok)
        #expect(SystemCheck.judge(openFiles: 32, callsAtOnce: 1).level == .fail)
        func judge(_ facts: FileFacts?) -> Finding { SystemCheck.judge(folder: "/f", facts, user: 7) }
        #expect(judge(FileFacts(mode: 0o700, owner: 7, isFolder: true)).level == .ok)
        #expect(judge(FileFacts(mode: 0o755, owner: 0, isFolder: true)).level == .warn)
        #expect(judge(FileFacts(mode: 0o770, owner: 7, isFolder: true)).level == .fail)
        #expect(judge(FileFacts(mode: 0o700, owner: 7, isFolder: true, isWritable: false)).level == .fail)
        #expect(judge(FileFacts(mode: 0o700, owner: 7)).level == .fail)
        #expect(judge(nil).message == "there is no state folder at /f: run 'verify-courier store init'")
    }

    @Test("warns of a broker in the clear and of keys that others read")
    func tls() throws {
        let clear = try [BrokerURL("amqp://a"), BrokerURL("amqps://b"), BrokerURL("amqp://127.0.0.1")]
        #expect(
            TLSCheck.judge(clear).map(\.text) == [
                "codes and numbers travel to a in the clear: use amqps:// in broker.url"
            ])
        #expect(TLSCheck.judge(key: "/k", FileFacts(mode: 0o600, owner: 0)).isEmpty)
        #expect(TLSCheck.judge(key: "/k", FileFacts(mode: 0o644, owner: 0)).map(\.level) == [.warn])
    }
}
