package import Basics
import Foundation
import GRDB
package import Store
import Wire

/// Sends that operators have stopped: one value beside the site's options, which every job reads anyway.
extension SQLiteRows {
    func brakes() throws -> Brakes { Brakes(stored: try options()[Brakes.option]) }

    /// Has a command stand, and leaves its line in the audit trail.
    func brake(_ command: BrakeCommand) throws -> BrakeCommandResult {
        var brakes = try brakes()
        let now = clocks.wall()
        let known = brakes
        let result: BrakeCommandResult
        switch command {
        case .set(let brake):
            guard brakes.set(brake) else { return .full }
            result = .set
        case .lift(let stop, _, _):
            let lifted = brakes.lift(stop, at: now)
            result = .lifted(lifted)
            // Where nothing was in force there is nothing to tell of.
            guard !lifted.isEmpty || brakes.unknown < known.unknown || known.isDamaged != brakes.isDamaged else {
                return result
            }
        }
        try put(option: Brakes.option, brakes.stored)
        try put(
            AuditEntry(
                at: now, administrator: command.by, act: command.act, detail: Self.detail(of: command, result)))
        return result
    }

    /// A person whose name stands in a reason is erased.
    func forgetInBrakes(_ names: Set<String>) throws {
        var brakes = try brakes()
        if brakes.forget(names) { try put(option: Brakes.option, brakes.stored) }
    }

    /// For the audit trail; an erasure finds a person who is named in its reason.
    private static func detail(of command: BrakeCommand, _ result: BrakeCommandResult) -> String {
        let json = CanonicalJSON.object { json in
            switch command {
            case .set(let brake):
                json.member("brake", brake.stop.words)
                json.member("everyone", brake.everyone)
                json.member("reason", brake.why)
                json.member("until", brake.until.description)
            case .lift(let stop, _, let why):
                json.member("brake", stop?.words ?? "all")
                if case .lifted(let brakes) = result {
                    json.member("lifted", brakes.map(\.stop.words).joined(separator: ", "))
                }
                json.member("reason", why)
            }
        }
        return String(decoding: json, as: UTF8.self)
    }
}

extension StoreKeeping {
    /// Has a command to the brakes stand; every job that begins after it obeys.
    ///
    /// Takes no step to a newer schema.
    ///
    /// - Throws: what opening it would throw; `.wrongSchema` for a store of an older version.
    package static func brake(
        _ command: BrakeCommand, _ configuration: SQLiteStoreConfiguration, clocks: Clocks = .system
    ) async throws(StoreError) -> BrakeCommandResult {
        try await writing(configuration, clocks) { try $0.brake(command) }
    }
}
