import Basics
import Conformance
import Wire

/// Twilio for a model of a worker: keeps codes, and fails as it is told to.
final class ToyTwilio: TwilioStage {
    private struct State {
        var codes: [String: [String]] = [:]
        var troubles: [TwilioCall: TwilioTrouble] = [:]
        var links: [String] = []
    }

    enum Answer {
        case done
        /// Nothing was done, and Twilio said so.
        case away
        /// Nobody knows.
        case lost
    }

    static let refusedNumber = "+15005560410"
    static let appCode = "246802"

    private let state = Locked(State())

    func codes(to number: String) async throws -> [String] { state.withLock { $0.codes[number] ?? [] } }

    func order(_ trouble: TwilioTrouble?, at call: TwilioCall) async throws {
        state.withLock { $0.troubles[call] = trouble }
    }

    func scan(_ link: String) async throws { state.withLock { $0.links.append(link) } }

    func appCode(of label: String) async throws -> String? {
        state.withLock { $0.links.contains { $0.contains(label) } } ? Self.appCode : nil
    }

    // MARK: As a worker sees it

    /// Sends a code, the one under way where there is one.
    func send(_ code: String, to number: String) async -> Answer {
        await call(.send) { state in state.codes[number, default: []].append(code) }
    }

    func check() async -> Answer { await call(.check) { _ in } }

    private func call(_ call: TwilioCall, _ work: @Sendable (inout State) -> Void) async -> Answer {
        let trouble = state.withLock { state in
            if state.troubles[call] != .away { work(&state) }
            return state.troubles[call]
        }
        switch trouble {
        case nil: return .done
        case .away: return .away
        case .answerLost: return .lost
        case .slow(let seconds):
            try? await Task.sleep(for: .seconds(seconds))
            return .done
        }
    }
}
