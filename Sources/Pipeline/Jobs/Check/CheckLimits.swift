import Basics
import SitePolicy
import Store
import Wire

/// Our limits on wrong codes.
///
/// A check is counted when it begins and taken back unless the code was wrong.
struct CheckLimits: Sendable {
    static let tallies: [Tally] = [.wrongCodesOfUserAndClient, .wrongCodesOfUser]

    var settings: LimitSettings

    var wanted: Wanted {
        var wanted = Wanted()
        guard settings.enabled else { return wanted }
        for tally in Self.tallies { wanted.tallies[tally] = settings.limit(of: tally) }
        // Also where it is no limit, a known client's own tries are told apart by it.
        if !limitsClients { wanted.tallies[.wrongCodesOfUserAndClient] = LimitSettings.triesOfKnownClient }
        wanted.approval = true
        return wanted
    }

    private var limitsClients: Bool { settings.wrongCodesPerUserClientHour > 0 }

    /// When the person may try again; `nil` while they may.
    ///
    /// Strangers can use up a person's tries. A client that was approved lately then keeps some of its own, so that
    /// they cannot lock the owner out.
    func lockedUntil(_ situation: Situation) -> Timestamp? {
        guard settings.enabled else { return nil }
        let own = limitsClients ? situation.tallies[.wrongCodesOfUserAndClient]?.freeAt : nil
        guard let all = situation.tallies[.wrongCodesOfUser]?.freeAt else { return own }
        if own == nil, situation.clientIsKnown, usedOfOwn(situation) < LimitSettings.triesOfKnownClient { return nil }
        return max(all, own ?? all)
    }

    private func usedOfOwn(_ situation: Situation) -> Int {
        situation.tallies[.wrongCodesOfUserAndClient]?.used ?? LimitSettings.triesOfKnownClient
    }

    /// How many tries the person has at our limits.
    func left(_ situation: Situation) -> Int {
        guard settings.enabled else { return .max }
        let own = limitsClients ? situation.tallies[.wrongCodesOfUserAndClient]?.left ?? .max : .max
        var all = situation.tallies[.wrongCodesOfUser]?.left ?? .max
        if situation.clientIsKnown { all = max(all, LimitSettings.triesOfKnownClient - usedOfOwn(situation)) }
        return max(0, min(own, all))
    }

    var counted: [Change] { settings.enabled ? [.count(Self.tallies)] : [] }
    var givenBack: [Change] { settings.enabled ? [.uncount(Self.tallies)] : [] }
}

extension Situation {
    /// The client was approved for this person not long ago.
    var clientIsKnown: Bool {
        clientApprovedAt.map { now - $0 < LimitSettings.clientMemory } ?? false
    }
}
