import Basics
import SitePolicy
import Store
import Wire

/// Which methods work for a person now.
struct MethodRules: Sendable {
    var limits: LimitSettings

    /// Of those registered and enabled, the ones that the number and the country lists allow.
    func working(_ situation: Situation, except channel: Channel? = nil) -> [Wire.Method] {
        let factors = situation.user?.factors ?? []
        return LoginPolicy.methods(SiteOptions(situation.options), factors: factors)
            .filter { method in
                guard let way = method.channel else { return true }
                return way != channel && block(way, situation.user?.phone?.place) == nil
            }
    }

    /// Why a number cannot be sent to on a channel; `nil` when it can, or is not known.
    func block(_ channel: Channel, _ place: NumberPlace?) -> Reason? {
        guard let place else { return nil }
        guard limits.allows(channel, to: place.region) else { return .countryNotAllowed }
        return place.isLandline && !channel.reachesLandlines ? .landline : nil
    }
}

extension PersonFacts {
    init(_ user: UserRecord?) {
        self.init()
        guard let user else { return }
        known = user.isKnown
        required = user.required
        graceUntil = user.graceUntil
        factors = user.factors
    }
}
