import Basics
import Store

/// Sends that operators have stopped: one value beside the site's options, which every job reads anyway.
extension PostgresRows {
    func brakes() throws -> Brakes {
        Brakes(stored: try one("SELECT value FROM site_option WHERE name = $1", [.text(Brakes.option)])?.text(0))
    }

    /// Until this transaction is over nobody else changes them, once there are any.
    private func brakesToChange() throws -> Brakes {
        let row = try one("SELECT value FROM site_option WHERE name = $1 FOR UPDATE", [.text(Brakes.option)])
        return Brakes(stored: try row?.text(0))
    }

    /// Has a command stand, and leaves its line in the audit trail.
    ///
    /// The caller's lock keeps away whoever would make the first of them at the same time.
    func brake(_ command: BrakeCommand) throws -> BrakeCommandResult {
        var brakes = try brakesToChange()
        let (result, entry) = brakes.carryOut(command, at: clocks.wall())
        guard let entry else { return result }
        try put(option: Brakes.option, brakes.stored)
        try put(entry)
        return result
    }

    /// A person whose name stands in a reason is erased.
    func forgetInBrakes(_ names: Set<String>) throws {
        var brakes = try brakesToChange()
        if brakes.forget(names) { try put(option: Brakes.option, brakes.stored) }
    }
}
