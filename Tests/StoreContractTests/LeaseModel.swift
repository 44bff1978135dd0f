import Basics
import Store

/// What the lease machine promises, said a second time: one job's row as a value.
struct LeaseModel {
    enum Row: Equatable {
        case unknown
        case begun(holder: Int, fence: Int64, until: Duration)
        case released
        case recorded
    }

    var row = Row.unknown
    var fence: Int64 = 0
    var begins = 0
    var now: Duration = .zero
    var living: Set<Int> = []

    enum Expected: Equatable {
        case intent, abandoned, inProgress, recorded
    }

    private func isHeld(_ holder: Int, _ until: Duration) -> Bool { living.contains(holder) && now < until }

    mutating func begin(_ worker: Int) -> Expected {
        switch row {
        case .recorded: return .recorded
        case .begun(let holder, _, let until) where isHeld(holder, until): return .inProgress
        case .begun:
            take(worker)
            return .abandoned
        case .unknown, .released:
            take(worker)
            return .intent
        }
    }

    private mutating func take(_ worker: Int) {
        fence += 1
        begins += 1
        row = .begun(holder: worker, fence: fence, until: now + Lease.length)
    }

    private func holds(_ worker: Int, _ fence: Int64) -> Bool {
        guard case .begun(let holder, let current, _) = row else { return false }
        return holder == worker && current == fence
    }

    mutating func finish(_ worker: Int, _ fence: Int64) -> Bool {
        guard holds(worker, fence) else { return false }
        row = .recorded
        return true
    }

    mutating func release(_ worker: Int, _ fence: Int64) {
        if holds(worker, fence) { row = .released }
    }

    mutating func renew(_ worker: Int, _ fence: Int64) -> Bool {
        guard holds(worker, fence) else { return false }
        row = .begun(holder: worker, fence: fence, until: now + Lease.length)
        return true
    }

    mutating func refuse() -> Expected {
        switch row {
        case .recorded: return .recorded
        case .begun(let holder, _, let until) where isHeld(holder, until): return .inProgress
        default:
            row = .recorded
            return .intent
        }
    }
}
