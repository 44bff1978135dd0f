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

    /// What is left when this channel will not do: at a sign-in what is registered, at a registration the other way to the
    /// same number, and what else may be registered now.
    func alternatives(to channel: Channel, for purpose: Purpose, _ situation: Situation) -> [Wire.Method] {
        switch purpose {
        case .login: working(situation, except: channel)
        case .register: registrable(situation).filter { $0 != .code(channel) }
        }
    }

    /// The methods that may be registered now, by the number if there is one.
    func registrable(_ situation: Situation) -> [Wire.Method] {
        let factors = RegistrationRules.registrable(situation)
        return Wire.Method.allCases.filter { method in
            guard factors.contains(method.factor), SiteOptions(situation.options).allows(method) else { return false }
            return method.channel.flatMap { block($0, situation.place) } == nil
        }
    }

    /// Why a registered method will not do: the site's rules, or the number.
    func obstacle(to method: Wire.Method, _ situation: Situation) -> Reason? {
        let options = SiteOptions(situation.options)
        guard options.usesProvider else { return .providerNone }
        guard options.allows(method) else { return .methodDisabled }
        return method.channel.flatMap { block($0, situation.user?.phone?.place) }
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
