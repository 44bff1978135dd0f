import Basics
import SitePolicy
import TestKit
import Testing
import Wire

@Suite("Contract 3: effect of a change of options")
struct OptionsEffectTests {
    private let now = DecisionInput.now

    private func person(_ required: Bool, _ factors: Set<Factor>, grace: Int? = nil) -> PersonFacts {
        var person = PersonFacts()
        (person.known, person.required, person.factors) = (true, required, factors)
        person.graceUntil = grace.map { now + .seconds($0) }
        return person
    }

    private func effect(_ old: [String: String], _ new: [String: String], _ people: [PersonGroup]) -> Reply.Effect {
        OptionsEffect.of(SiteOptions(old), SiteOptions(new), on: people, now: now)
    }

    private var people: [PersonGroup] {
        [
            PersonGroup(person: person(true, [.phone]), count: 100),
            PersonGroup(person: person(true, [.authenticator]), count: 20),
            PersonGroup(person: person(false, [.phone]), count: 3), PersonGroup(person: person(true, []), count: 4000),
            PersonGroup(person: person(true, [], grace: 9), count: 50_000),
        ]
    }

    @Test("3 effect: people whose every registered method would be off")
    func withoutMethod() {
        let off = ["2FA_VER_SMS": "Disabled", "2FA_VER_VOICE": "Disabled"]
        let effect = effect([:], off, people)
        #expect(effect == Reply.Effect(usersWithoutMethod: 103, requiredWithoutMethod: 100, usersNewlyRequired: 0))
        #expect(self.effect([:], ["2FA_VER_SMS": "Disabled"], people).usersWithoutMethod == 0)
    }

    @Test("3 effect: nobody is without a method where no provider is used")
    func noProvider() {
        let off = ["2FA_PROVIDER": "None", "2FA_VER_SMS": "Disabled", "2FA_VER_VOICE": "Disabled"]
        #expect(
            effect([:], off, people)
                == Reply.Effect(usersWithoutMethod: 0, requiredWithoutMethod: 0, usersNewlyRequired: 0))
    }

    @Test("3 effect: people who would be asked and are not now, in any application")
    func newlyRequired() {
        #expect(effect([:], ["2FA_LOGINTYPE_WIN": "All"], people).usersNewlyRequired == 3)
        #expect(effect(["2FA_PROVIDER": "None"], [:], people).usersNewlyRequired == 4120)
        #expect(effect(["2FA_LOGINTYPE_WEB": "None"], [:], people).usersNewlyRequired == 0)
    }

    @Test("3 effect: the same as deciding for each person, whatever the options", arguments: UInt64(1)...UInt64(6))
    func onePerson(seed: UInt64) {
        var generator = Seeded(seed)
        let inputs = DecisionInput.all().filter(\.known)
        for _ in 0..<300 {
            guard let old = inputs.randomElement(using: &generator), var new = inputs.randomElement(using: &generator)
            else { continue }
            (new.flagged, new.grace, new.registered) = (old.flagged, old.grace, old.registered)
            let group = PersonGroup(person: old.person, count: 1)
            let effect = effect(old.stored, new.stored, [group])
            let (before, after) = (Self.isAsked(old), Self.isAsked(new))
            let isStuck =
                new.provider != "None" && (new.registered.isEmpty ? new.enabled : new.enabledOfRegistered).isEmpty
            #expect(effect.usersWithoutMethod == (isStuck ? 1 : 0), "\(old) -> \(new)")
            #expect(effect.requiredWithoutMethod == (isStuck && after ? 1 : 0), "\(old) -> \(new)")
            #expect(effect.usersNewlyRequired == (after && !before ? 1 : 0), "\(old) -> \(new)")
        }
    }

    /// At either application: the other one's login type is told by ``DecisionInput/stored``.
    private static func isAsked(_ input: DecisionInput) -> Bool {
        var other = input
        other.application = input.application == .web ? .windows : .web
        other.loginType = input.loginType == .none ? .all : .none
        return [input, other].contains { input in
            DecisionRule.all.first { $0.applies(input) }?.verdict != .notRequired
        }
    }
}
