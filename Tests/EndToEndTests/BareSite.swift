import Basics
import Foundation
import TestKit

/// A broker's virtual host without a topology, a home without a store, and whose configuration knows both.
final class BareSite: Sendable {
    let folder: String
    let environment: [String: String]

    init(_ more: [String: String] = [:]) async throws {
        folder = NSTemporaryDirectory() + "verify-courier-bare-" + RandomID.hex(bytes: 6)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        environment = [
            "HOME": folder, "VERIFY_COURIER_BROKER_URL": try await PrivateBroker.shared().makeVirtualHost(),
            "VERIFY_COURIER_TWILIO_BASE_URL": "http://127.0.0.1:1", "VERIFY_COURIER_OPS_LISTEN": "off",
            "VERIFY_COURIER_SITE_2FA_VERIFY_ACCOUNTSID": "AC00000000000000000000000000000001",
            "VERIFY_COURIER_SITE_2FA_VERIFY_SERVICESID": "VA00000000000000000000000000000001",
            "VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN": "t",
        ].merging(more) { $1 }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Runs a command to its end.
    /// - Parameter more: environment of this one only.
    func run(_ command: String, _ more: [String: String] = [:]) async throws -> Program {
        try await Program.run(command.words, environment.merging(more) { $1 })
    }

    /// A process that lasts.
    /// - Parameter launcher: see ``WorkerProcess``.
    func start(
        _ command: String, _ more: [String: String] = [:], by launcher: [String] = []
    ) throws -> WorkerProcess {
        try WorkerProcess(
            by: launcher, command.words, environment: environment.merging(more) { $1 },
            log: "\(folder)/\(RandomID.hex(bytes: 4)).log")
    }
}
