import App
import Foundation
import TestKit
import Testing
import Wire

@Suite("Contract 7: starting it", .timeLimit(.minutes(10)))
struct StartingTests {
    private let nowhere = ["VERIFY_COURIER_BROKER_URL": "amqp://127.0.0.1:1"]

    @Test("7 store init: makes the store and its key file, 0600, in the state folder; a second time it refuses")
    func initialise() async throws {
        let site = try await BareSite()
        let made = try await site.run("store init --json")
        #expect(made.status == 0 && made.output == "{\"made\":true}\n")
        let store = "\(site.folder)/.local/state/verify-courier/verify-courier.db"
        for file in [store, "\(store).key"] {
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(file)")
        }
        let key = try Data(contentsOf: URL(fileURLWithPath: "\(store).key"))
        let again = try await site.run("store init")
        #expect(again.status == 78 && again.errors.contains(store))
        #expect(try Data(contentsOf: URL(fileURLWithPath: "\(store).key")) == key)
    }

    @Test("7 store init: nothing else makes a store: a missing one is 78 and says what to do")
    func missing() async throws {
        let site = try await BareSite()
        #expect(try await site.run("topology apply").status == 0)
        for command in ["work --wait 5", "admin audit", "outcomes show m-1"] {
            let refused = try await site.run(command)
            #expect(refused.status == 78 && refused.errors.contains("store init"), "\(command): \(refused.errors)")
        }
        #expect(FileManager.default.subpaths(atPath: site.folder)?.contains { $0.hasSuffix(".db") } != true)
    }

    @Test("7 work: 78 for a key that does not fit the store")
    func otherKey() async throws {
        let site = try await BareSite()
        let other = ["VERIFY_COURIER_STORE_URL": "sqlite:\(site.folder)/other.db"]
        for place in [[:], other] { #expect(try await site.run("store init", place).status == 0) }
        #expect(try await site.run("topology apply").status == 0)
        let refused = try await site.run("work", ["VERIFY_COURIER_STORE_KEY_FILE": "\(site.folder)/other.db.key"])
        #expect(refused.status == 78 && refused.errors.contains("key"), "\(refused.errors)")
    }

    @Test("7 --wait: lanes still missing are 78 that names 'topology apply', a broker out of reach is 69")
    func waiting() async throws {
        let site = try await BareSite()
        #expect(try await site.run("store init").status == 0)
        let missing = try await site.run("work --wait 1")
        #expect(missing.status == 78 && missing.errors.contains("topology apply"), "\(missing.errors)")
        let away = try await site.run("work --wait 1", nowhere)
        #expect(away.status == 69 && away.errors.contains("127.0.0.1:1"), "\(away.errors)")
    }

    @Test("7 work: waits for its lanes, prints ready once it consumes, drains on SIGTERM; --create makes the store")
    func ready() async throws {
        let site = try await BareSite()
        let worker = try site.start("work --create")
        try await worker.waitUntilSIGTERMIsHandled()
        #expect(worker.printed.isEmpty)
        #expect(try await site.run("topology apply").status == 0)
        try await worker.waitUntilPrinted("\n")
        #expect(worker.printed == "ready\n")
        let host = String(try #require(site.environment["VERIFY_COURIER_BROKER_URL"]?.split(separator: "/").last))
        let listed = try await PrivateBroker.shared().ctl([
            "list_consumers", "-q", "-p", host, "queue_name", "prefetch_count",
        ])
        // Prefetch is twice the slots.
        for lane in ["send\t256", "check\t256", "account\t128", "admin\t8", "dead\t16"] {
            #expect(listed.contains("verify.\(lane)\n"), "\(listed)")
        }
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
        #expect(try await site.run("admin audit").status == 0)
    }

    @Test("6 Options: seeded once, at store init; a worker whose file differs says so and obeys the store")
    func seeded() async throws {
        let site = try await BareSite(["VERIFY_COURIER_SITE_2FA_LOGINTYPE_WEB": "All"])
        for command in ["store init", "topology apply"] { #expect(try await site.run(command).status == 0) }
        let worker = try site.start("work", ["VERIFY_COURIER_SITE_2FA_LOGINTYPE_WEB": "None"])
        try await worker.waitUntilPrinted("ready")
        let options = try await site.run("options --user anna --json").reply(exit: 0)
        #expect(options.decision == "register" && options.because == ["application_all", "not_registered"])
        #expect(worker.output.contains("site.2FA_LOGINTYPE_WEB is 'None' here and 'All' in the store"))
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
    }

    @Test(
        "7 limits.enabled: false is shouted about; 7 log.format: json where nobody looks, or as set; 7 log.level",
        arguments: [([:], true), (["FORMAT": "text"], false), (["FORMAT": "json", "LEVEL": "error"], true)])
    func shouted(log: [String: String], isJSON: Bool) async throws {
        var environment = Dictionary(uniqueKeysWithValues: log.map { ("VERIFY_COURIER_LOG_\($0)", $1) })
        environment["VERIFY_COURIER_LIMITS_ENABLED"] = "false"
        let site = try await BareSite(environment)
        #expect(try await site.run("topology apply").status == 0)
        let worker = try site.start("work --create")
        try await worker.waitUntilPrinted("ready")
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
        #expect(worker.output.contains("limits.enabled is false") == (log["LEVEL"] == nil))
        #expect(worker.output.split(separator: "\n").allSatisfy { $0.hasPrefix("{") == isJSON })
    }

    @Test("1 topology apply: as often as one likes; a queue with other arguments is 78 with queue, argument, values")
    func topology() async throws {
        let site = try await BareSite()
        for _ in 1...2 {
            let applied = try await site.run("topology apply --json")
            #expect(applied.output == "{\"bindings\":26,\"queues\":5}\n" && applied.status == 0)
        }
        let other = try await BareSite()
        try await TopologyPlan.declare("verify.check", deliveryLimit: 7, configured: other.environment)
        let refused = try await other.run("topology apply")
        #expect(refused.status == 78)
        for word in ["verify.check", "x-delivery-limit", "7", "100"] { #expect(refused.errors.contains(word)) }
    }

    @Test("7 simulate: ready with its URL, and a simulator of Twilio Verify that our own check is content with")
    func simulate() async throws {
        let site = try await BareSite()
        let simulator = try site.start("simulate --listen 127.0.0.1:0 --json")
        try await simulator.waitUntilPrinted("\n")
        let url = try #require(simulator.printed.split(separator: "\"").first { $0.hasPrefix("http://127.0.0.1:") })
        let check = try await site.run("twilio check", ["VERIFY_COURIER_TWILIO_BASE_URL": String(url)])
        #expect(check.status == 0, "\(check.output)\(check.errors)")
    }
}
