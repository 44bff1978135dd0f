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
                let place = situation.user?.phone?.place
                return way != channel && block(way, place) == nil && hold(on: way, place, .login, situation) == nil
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
            guard let way = method.channel else { return true }
            return block(way, situation.place) == nil && hold(on: way, situation.place, .register, situation) == nil
        }
    }

    /// What operators have stopped of it; a number that is registered counts as proven.
    func hold(
        on channel: Channel, _ place: NumberPlace?, _ purpose: Purpose, _ situation: Situation
    ) -> Brakes.Hold? {
        situation.brakes.hold(on: channel, to: place, isProven: purpose == .login, at: situation.now)
    }

    /// Why a registered method will not do: the site's rules, the number, or an operator's brake with its end.
    func obstacle(to method: Wire.Method, _ situation: Situation) -> (reason: Reason, until: Timestamp?)? {
        let options = SiteOptions(situation.options)
        guard options.usesProvider else { return (.providerNone, nil) }
        guard options.allows(method) else { return (.methodDisabled, nil) }
        guard let channel = method.channel else { return nil }
        let place = situation.user?.phone?.place
        if let reason = block(channel, place) { return (reason, nil) }
        return hold(on: channel, place, .login, situation).map { ($0.stop.reason, $0.until) }
    }

    /// Why a number cannot be sent to on a channel; `nil` when it can, or is not known.
    func block(_ channel: Channel, _ place: NumberPlace?) -> Reason? {
        guard let place else { return nil }
        guard limits.allows(channel, to: place.region) else { return .countryNotAllowed }
        return place.isLandline && !channel.reachesLandlines ? .landline : nil
    }
}

extension Brake.Stop {
    /// What a refused send is told (contract, section 8).
    var reason: Reason {
        switch self {
        case .sends: .paused
        case .channel: .methodDisabled
        case .country, .prefix: .countryNotAllowed
        }
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
