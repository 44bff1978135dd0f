import Basics
import SitePolicy
import Store
import Wire

/// What a live code of a number means for the next one. Twilio has one verification per number.
struct CodeSharing: Sendable {
    var limits: LimitSettings
    var purpose: Purpose

    enum Way {
        /// Twilio sends the live code again.
        case shared
        /// The live code is ended first.
        case anew
        case closed(LimitName)
    }

    /// A live code is shared. An owner is not held up by others with it: what strangers' registrations made is ended, and
    /// so is a code whose tries others have used up; but nobody ends an owner's.
    func wayPast(_ live: LiveCode, _ situation: Situation) -> Way {
        if purpose == .register { return situation.strangers.contains(.login) ? .closed(.phone) : .shared }
        guard situation.ownersUse(live) else { return .anew }
        guard limits.enabled, live.tries >= limits.checksOffered else { return .shared }
        return situation.clientIsKnown && situation.strangers.isEmpty ? .anew : .closed(.codeTries)
    }

    /// The owner's live code, if its tries are used up so that no other one can be sent before it is over: by our rules, or
    /// because Twilio makes none.
    func usedUp(_ situation: Situation) -> LiveCode? {
        guard let live = situation.liveCode, situation.ownersUse(live) else { return nil }
        if live.tries >= LimitSettings.providersNumber { return live }
        guard case .closed(.codeTries) = wayPast(live, situation) else { return nil }
        return live
    }
}
