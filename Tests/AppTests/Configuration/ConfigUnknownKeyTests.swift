import Foundation
import TestKit
import Testing

@testable import App

@Suite("Unknown keys")
struct ConfigUnknownKeyTests {
    @Test(
        "in the environment name the nearest variable and its key",
        arguments: [
            ("VERIFY_COURIER_WORKER_SEND_SLOT", "VERIFY_COURIER_WORKER_SEND_SLOTS (worker.send_slots)"),
            ("VERIFY_COURIER_LIMITS_SMS_COUNTRY", "VERIFY_COURIER_LIMITS_SMS_COUNTRIES (limits.sms_countries)"),
            (
                "VERIFY_COURIER_SITE_2FA_AUTHTOKEN_FILE",
                "VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN_FILE (site.2FA_VERIFY_AUTHTOKEN)"
            ),
            // Nothing of a name: the shortest one there is.
            ("VERIFY_COURIER_", "VERIFY_COURIER_OPS_SITE (ops.site)"),
        ])
    func environment(name: String, nearest: String) throws {
        #expect(
            try Configured.problems([name: "x"]) == ["unknown key \(name) (environment): did you mean \(nearest)?"])
    }

    @Test(
        "in the file name the line and the nearest key",
        arguments: [
            ("worker:\n  drain_seconds: 3\n  send_slot: 1\n", "worker.send_slot", 3, "worker.send_slots"),
            ("workr:\n\n  send_slots: 1\n", "workr.send_slots", 3, "worker.send_slots"),
            ("limit: {enabled: no}", "limit.enabled", 1, "limits.enabled"),
            ("# first\nfront_end: {web: web}", "front_end.web", 2, "front_ends"),
            ("log.levl: info", "log.levl", 1, "log.level"),
        ])
    func file(yaml: String, name: String, line: Int, nearest: String) throws {
        #expect(
            try Configured.problems(yaml: yaml) == [
                "unknown key \(name) (config.yaml, line \(line)): did you mean \(nearest)?"
            ])
    }

    @Test("given by a flag name the nearest key")
    func flag() throws {
        #expect(
            try Configured.problems(flags: ["log.levl": "info"]) == [
                "unknown key log.levl (--set): did you mean log.level?"
            ])
    }

    @Test("are told from variables of tests and from those of others")
    func others() throws {
        let environment = [
            "VERIFY_COURIER_TEST_BROKER_DIR": "x", "VERIFY_COURIER_FAILPOINT": "x", "VERIFYCOURIER_X": "x", "PATH": "x",
        ]
        #expect(try Configured.problems(environment).isEmpty)
    }

    @Test(
        "are told from those that Kubernetes sets for a Service",
        arguments: [
            ("SERVICE_HOST", "10.96.0.12"), ("SERVICE_PORT", "8090"), ("SERVICE_PORT_METRICS", "8090"),
            ("PORT", "tcp://10.96.0.12:8090"), ("PORT", "udp://10.96.0.12:8090"),
            ("PORT_8090_TCP", "tcp://10.96.0.12:8090"), ("PORT_8090_TCP_ADDR", "10.96.0.12"),
            ("PORT_8090_TCP_PORT", "8090"), ("PORT_8090_TCP_PROTO", "tcp"), ("PORT_53_UDP_ADDR", "10.96.0.12"),
            ("DB_SERVICE_HOST", "10.96.0.12"), ("DB_PORT", "tcp://10.96.0.12:5432"), ("DB_PORT_5432_TCP", "x"),
        ])
    func kubernetes(name: String, value: String) throws {
        #expect(try Configured.problems(["VERIFY_COURIER_\(name)": value]).isEmpty)
    }

    @Test(
        "that only look like those are unknown all the same",
        arguments: [
            ("PORT", "8090"), ("PORT", "http://x"), ("SERVICE", "x"), ("SERVICE_HOSTS", "x"), ("PORT_8090", "x"),
            ("PORT_X_TCP", "x"), ("PORT_8090_HTTP", "x"), ("OPS_PORT", "8090"), ("PORT_8090_TCP_NAME", "x"),
        ])
    func notKubernetes(name: String, value: String) throws {
        #expect(try Configured.problems(["VERIFY_COURIER_\(name)": value]).count == 1)
    }

    @Test("of any spelling are refused with a known key's name, and safe to print", arguments: 1...200)
    func anything(seed: UInt64) throws {
        var random = Seeded(seed)
        let name = Self.mistyped(using: &random)
        guard ConfigKey.named(name) == nil, !ConfigKey.isSection(name) else { return }
        let variable = "VERIFY_COURIER_" + name.uppercased().replacing(".", with: "_")
        var found = try Configured.problems(flags: [name: "1"])
        found += try Configured.problems(yaml: "\(try Self.quoted(name)): 1")
        if !ConfigKey.all.contains(where: { [$0.environmentName, $0.fileVariable].contains(variable) }) {
            found += try Configured.problems([variable: "1"])
            #expect(found.count == 3)
        }
        #expect(found.count >= 2)
        for problem in found {
            #expect(problem.hasPrefix("unknown key "))
            let suggestion = problem.components(separatedBy: "did you mean ").last ?? ""
            #expect(ConfigKey.all.contains { suggestion.contains($0.name) })
            #expect(problem.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
        }
    }

    /// A known name with some characters changed, added or left out; now and then anything at all.
    private static func mistyped(using random: inout Seeded) -> String {
        let letters = Array("abcdefgz_.-0192 \u{7}\u{1B}\u{85}é😀\"'#{}[]:,&*!|>%@")
        var name = Array(ConfigKey.all.randomElement(using: &random)?.name ?? "")
        if Int.random(in: 0..<8, using: &random) == 0 { name = [] }
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let place = Int.random(in: 0...name.count, using: &random)
            let letter = letters.randomElement(using: &random) ?? "a"
            switch Int.random(in: 0..<3, using: &random) {
            case 0: name.insert(letter, at: place)
            case 1 where place < name.count: name.remove(at: place)
            case 2 where place < name.count: name[place] = letter
            default: name.append(letter)
            }
        }
        return String(name)
    }

    /// As a quoted YAML scalar: JSON's strings are YAML's.
    private static func quoted(_ name: String) throws -> String {
        String(decoding: try JSONEncoder().encode(name), as: UTF8.self).replacing("\u{85}", with: "\\x85")
    }
}
