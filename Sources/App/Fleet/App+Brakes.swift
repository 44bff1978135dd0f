import Basics
public import Store

/// Sends that operators stop by hand, from wherever the store can be reached.
extension App {
    /// What is stopped.
    public func brakes() async throws -> Brakes {
        try await looking { store in try await store.brakes() }
    }

    /// Sets or lifts a brake; every job that begins after it obeys.
    public func brake(_ command: BrakeCommand) async throws -> BrakeCommandResult {
        try await settings.store().brake(command, clocks: .system)
    }

    /// Whether there is what is to be stopped: a country that there is not would stop nobody.
    public static func knows(_ stop: Brake.Stop) -> Bool {
        switch stop {
        case .sends, .channel, .prefix: true
        case .country(let code): CountryCodes.known.contains(code)
        }
    }
}
