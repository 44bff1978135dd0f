package import Basics
import Wire

/// What an operator asks of the brakes, before it stands.
public enum BrakeCommand: Sendable {
    /// Sets one, in the place of an earlier one of the same.
    case set(Brake)
    /// Takes one back, or all.
    ///
    /// - Parameters:
    ///   - stop: which one; `nil` is all.
    ///   - by: who, by their own word.
    case lift(Brake.Stop?, by: String, why: String)
}

extension BrakeCommand {
    /// Who asks, by their own word.
    package var by: String {
        switch self {
        case .set(let brake): brake.by
        case .lift(_, let by, _): by
        }
    }

    /// The act's name in the audit trail.
    package var act: OperatorAct {
        switch self {
        case .set: .setBrakes
        case .lift: .liftBrakes
        }
    }
}

/// What became of it.
public enum BrakeCommandResult: Sendable, Equatable {
    /// It stands.
    case set
    /// These were in force, and are no more; empty where there was nothing to lift.
    case lifted([Brake])
    /// There are as many as there can be.
    case full
}

extension Brakes {
    /// Has a command stand.
    ///
    /// - Returns: what became of it, and its line for the audit trail; `nil` where there is nothing to tell of, and nothing to be kept.
    package mutating func carryOut(
        _ command: BrakeCommand, at now: Timestamp
    ) -> (result: BrakeCommandResult, entry: AuditEntry?) {
        let known = self
        let result: BrakeCommandResult
        switch command {
        case .set(let brake):
            guard set(brake) else { return (.full, nil) }
            result = .set
        case .lift(let stop, _, _):
            let lifted = lift(stop, at: now)
            result = .lifted(lifted)
            guard !lifted.isEmpty || unknown < known.unknown || known.isDamaged != isDamaged else {
                return (result, nil)
            }
        }
        let detail = Self.detail(of: command, result)
        return (result, AuditEntry(at: now, administrator: command.by, act: command.act, detail: detail))
    }

    /// An erasure finds a person who is named in its reason.
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
