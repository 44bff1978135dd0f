import Basics
import SitePolicy
import Store
import Wire

/// Our limits on sends: what is counted for a send, whether there is room, what is left.
struct SendLimits: Sendable {
    var settings: LimitSettings
    var purpose: Purpose
    var user: String

    /// What a send is counted in.
    ///
    /// Sends to a number that is not proven to be its receiver's own have counters of their own, so that strangers
    /// cannot use up an owner's.
    var tallies: [Tally] {
        guard settings.enabled else { return [] }
        let own: [Tally] =
            purpose == .login
            ? [.numberSends] : [.unprovenNumberSends, .unprovenCountrySends, .unprovenSiteSends]
        return own + [.userSends, .clientSends]
    }

    var wanted: Wanted {
        var wanted = Wanted()
        for tally in tallies { wanted.tallies[tally] = settings.limit(of: tally) }
        wanted.paces = settings.enabled && !settings.cooldownSeconds.isEmpty
        return wanted
    }

    /// The limit that stands in the way now, and until when: the one that lasts longest.
    func obstacle(_ situation: Situation) -> (limit: LimitName, until: Timestamp)? {
        guard settings.enabled else { return nil }
        var obstacles = tallies.compactMap { tally in
            situation.tallies[tally]?.freeAt.map { (limit: tally.limitName, until: $0) }
        }
        if let until = notBefore(situation), until > situation.now { obstacles.append((.cooldown, until)) }
        if settings.sendsPerCode > 0, let code = situation.liveCode, code.attempts.count >= settings.sendsPerCode,
            purpose == .register || situation.ownersUse(code)
        {
            obstacles.append((.phone, code.expiresAt))
        }
        return obstacles.max { $0.until < $1.until }
    }

    /// How many sends are open, the provider's and ours whichever is less.
    func left(_ situation: Situation, attempts: Int) -> Int {
        let counted = tallies.compactMap { situation.tallies[$0]?.left }
        return max(0, min(settings.sendsOffered - attempts, counted.min() ?? .max))
    }

    private func keys(_ number: E164?) -> [PaceKey] {
        [.user(user)] + (number.map { [.number($0, isProven: purpose == .login)] } ?? [])
    }

    /// When the pauses between sends are over.
    func notBefore(_ situation: Situation) -> Timestamp? {
        keys(situation.number).compactMap { situation.paces[$0]?.notBefore }.max()
    }

    /// Counts a send that is about to be made.
    func counted(_ situation: Situation) -> [Change] {
        guard settings.enabled else { return [] }
        return [.count(tallies)]
            + keys(situation.number).map { key in
                let streak = (situation.paces[key]?.streak ?? 0) + 1
                return .pace(key, Pace(streak: streak, notBefore: situation.now + settings.pause(streak: streak)))
            }
    }

    /// Nothing left: the send is taken off all counts.
    func givenBack(_ situation: Situation) -> [Change] {
        guard settings.enabled else { return [] }
        return [.uncount(tallies)]
            + keys(situation.number).compactMap { key in
                guard let pace = situation.paces[key] else { return nil }
                return .pace(key, pace.streak > 1 ? Pace(streak: pace.streak - 1, notBefore: situation.now) : nil)
            }
    }

    /// It could not be found out: counted, but the person may ask again soon.
    func shortened(_ situation: Situation) -> [Change] {
        guard settings.enabled else { return [] }
        return keys(situation.number).compactMap { key in
            guard var pace = situation.paces[key] else { return nil }
            pace.notBefore = situation.now + LimitSettings.pauseAfterUncertain
            return .pace(key, pace)
        }
    }
}

extension LimitSettings {
    func limit(of tally: Tally) -> Int {
        switch tally {
        case .numberSends: sendsPerNumberHour
        case .userSends: sendsPerUserHour
        case .clientSends: sendsPerClientHour
        case .unprovenNumberSends: unprovenSendsPerNumberDay
        case .unprovenCountrySends: unprovenSendsPerCountryHour
        case .unprovenSiteSends: unprovenSendsPerSiteHour
        case .userEnrolments: enrolmentsPerUserHour
        case .clientEnrolments: enrolmentsPerClientHour
        case .wrongCodesOfUserAndClient: wrongCodesPerUserClientHour
        case .wrongCodesOfUser: wrongCodesPerUserHour
        }
    }
}

extension Tally {
    /// What a `throttled` reply calls it.
    var limitName: LimitName {
        switch self {
        case .numberSends, .unprovenNumberSends: .phone
        case .userSends, .userEnrolments: .user
        case .clientSends, .clientEnrolments: .client
        case .unprovenCountrySends: .country
        case .unprovenSiteSends: .site
        case .wrongCodesOfUserAndClient, .wrongCodesOfUser: .userTries
        }
    }
}

extension Situation {
    /// The number's code, if it can still be checked as far as we know.
    var liveCode: LiveCode? {
        guard let code, code.ended == nil, code.expiresAt > now else { return nil }
        return code
    }

    /// Whether a login of one of the number's registered owners is tied to this code of it.
    ///
    /// One that only registrations made, or that nobody is tied to any more, holds no owner up.
    func ownersUse(_ code: LiveCode) -> Bool {
        if strangers == [.register] { return false }
        let isOwn = pending.map { $0.sid == code.sid && $0.purpose == .login } ?? false
        return isOwn || pendingElsewhere || strangers.contains(.login)
    }

    /// An approval that no code of a number's gave opens the next send to the person's numbers as well.
    var numbersUnpaced: [Change] {
        let own = user?.phone.map { PaceKey.number($0.number, isProven: true) }
        let waiting = pending.map { PaceKey.number($0.number, isProven: $0.purpose == .login) }
        return Set([own, waiting].compactMap(\.self)).map { .pace($0, nil) }
    }
}

/// What a live code of a number means for the next one.
///
/// Twilio has one verification per number.
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

    /// A live code is shared.
    ///
    /// An owner is not held up by others with it: what strangers' registrations made is ended, and so is a code whose
    /// tries others have used up; but nobody ends an owner's.
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
