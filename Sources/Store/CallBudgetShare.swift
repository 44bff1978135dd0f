import Basics

/// What one worker wants of a limited number, and what it has.
struct CallClaim {
    var worker: Int64
    /// In use: cannot be taken back.
    var used: Int
    /// In use or in demand; 0 when the worker does not ask any more.
    var wanted: Int
    /// Counted as its own until it asks again.
    var held: Int
    var servedAt: MonotonicTime?
}

/// How a limited number is divided among those who want some of it.
enum CallShare {
    /// What one may have now: its fair share and, while nobody wants for room, half of what is over; never more than
    /// the others leave.
    static func allowance(_ own: CallClaim, beside others: [CallClaim], of limit: Int) -> Int {
        let silent = others.filter { $0.wanted == 0 }.reduce(0) { $0 + $1.held }
        let fair = fairShares([own] + others, of: max(0, limit - silent))
        let left = limit - others.reduce(0) { $0 + $1.held }
        let claimed = others.reduce(0) { $0 + max($1.held, min($1.wanted, fair[$1.worker] ?? 0)) }
        let spare = max(0, limit - claimed - own.wanted) / 2
        return max(0, min((fair[own.worker] ?? 0) + spare, left))
    }

    /// As equal as the wishes allow: nobody gets more than it wants while another wants more than it gets.
    ///
    /// What cannot be divided goes one by one to those who were served the longest ago, so that with fewer places than
    /// workers they take turns.
    static func fairShares(_ claims: [CallClaim], of limit: Int) -> [Int64: Int] {
        var shares: [Int64: Int] = [:]
        var left = limit
        var open = claims.sorted { ($0.wanted, $0.worker) < ($1.wanted, $1.worker) }
        while let least = open.first, least.wanted <= left / open.count {
            shares[least.worker] = least.wanted
            left -= least.wanted
            open.removeFirst()
        }
        guard !open.isEmpty else { return shares }
        let (each, over) = left.quotientAndRemainder(dividingBy: open.count)
        for (index, claim) in open.sorted(by: isServedFirst).enumerated() {
            shares[claim.worker] = each + (index < over ? 1 : 0)
        }
        return shares
    }

    private static func isServedFirst(_ one: CallClaim, _ other: CallClaim) -> Bool {
        let never = MonotonicTime(nanoseconds: .min)
        return (one.servedAt ?? never, one.worker) < (other.servedAt ?? never, other.worker)
    }
}
