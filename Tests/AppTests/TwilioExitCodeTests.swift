import Basics
import Foundation
import TestKit
import Testing
import TwilioSimulator

@testable import App

@Suite("The twilio commands as programs", .timeLimit(.minutes(10))) struct TwilioExitCodeTests {
    /// Runs the program to its end; its exit code, and what it said on stderr.
    private func run(_ arguments: [String], _ environment: [String: String]) async throws -> (Int32?, String) {
        let folder = NSTemporaryDirectory() + "verify-courier-twilio-\(RandomID.hex(bytes: 6))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let process = try WorkerProcess(["twilio"] + arguments, environment: environment, log: "\(folder)/log")
        let code = await process.waitUntilEnd()
        return (code, process.output)
    }

    @Test func `Exit codes are the contract's, and the token is never said`() async throws {
        let stage = await TwilioStage()
        let preset = SimulatorConfiguration().serviceSID
        let nowhere = ["VERIFY_COURIER_TWILIO_BASE_URL": "http://127.0.0.1:1"]
        for (arguments, environment, expected) in [
            (["setup", "--name", "Shop"], stage.environment(), 0),
            (["setup", "--name", "Shop", "--json"], stage.environment(), 0),
            (["setup"], stage.environment(service: preset), 0), (["check"], stage.environment(service: preset), 0),
            (["check", "--json"], stage.environment(service: preset), 0),
            (["check"], stage.environment(service: "VA" + String(repeating: "9", count: 32)), 1),
            (["setup"], stage.environment(), 64), (["setup", "--name", "a.b"], stage.environment(), 64),
            (["setup", "--name", "Restricted"], stage.environment(), 65),
            (["check"], stage.environment(service: preset, more: nowhere), 69),
            (["check"], stage.environment(service: preset, token: "wrong"), 77),
            (["check"], stage.environment(), 78), (["setup", "--name", "Shop"], stage.environment(token: nil), 78),
        ] as [([String], [String: String], Int32)] {
            let (code, said) = try await run(arguments, environment)
            #expect(code == expected, "\(arguments): \(said)")
            #expect(!said.contains(TwilioStage.token))
            #expect(said.isEmpty == (expected <= 1), "\(arguments): \(said)")
        }
    }
}
