package import Basics
import GRDB
package import Store

/// Sends that operators have stopped: one value beside the site's options, which every job reads anyway.
extension SQLiteRows {
    func brakes() throws -> Brakes { Brakes(stored: try options()[Brakes.option]) }

    /// Has a command stand, and leaves its line in the audit trail.
    func brake(_ command: BrakeCommand) throws -> BrakeCommandResult {
        var brakes = try brakes()
        let (result, entry) = brakes.carryOut(command, at: clocks.wall())
        guard let entry else { return result }
        try put(option: Brakes.option, brakes.stored)
        try put(entry)
        return result
    }

    /// A person whose name stands in a reason is erased.
    func forgetInBrakes(_ names: Set<String>) throws {
        var brakes = try brakes()
        if brakes.forget(names) { try put(option: Brakes.option, brakes.stored) }
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
