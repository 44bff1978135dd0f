import Basics
import SitePolicy
import Store
import Wire

/// Whether a person may add a method (contract, section 6, "Registration").
struct RegistrationRules: Sendable {
    /// How long an approved check of the same sign-in allows adding another method.
    static let approvalLife: Duration = .seconds(600)

    /// Registrations take an administrator's one-time ticket.
    var needsTicket: Bool

    /// Whether the sign-in was confirmed with a method that the person has.
    static func isConfirmed(_ situation: Situation) -> Bool {
        situation.approvedAt.map { situation.now - $0 <= Self.approvalLife } ?? false
    }

    /// Neither a password alone nor somebody else's approval adds a method to those that there are.
    static func isProven(_ situation: Situation) -> Bool {
        guard !(situation.user?.factors.isEmpty ?? true) else { return true }
        return isConfirmed(situation)
    }

    /// What may be registered now.
    static func registrable(_ situation: Situation) -> [Factor] {
        let options = SiteOptions(situation.options)
        let factors = situation.user?.factors ?? []
        guard options.usesProvider, isProven(situation) else { return [] }
        return Factor.allCases.filter { !factors.contains($0) && options.allows($0) }
    }

    /// Why the registration of a phone can be completed no more: another number, or another method, was registered since
    /// it began, and its code proves nothing now; or its ticket is gone.
    ///
    /// - Parameter ticket: The hash of the one that it was begun with.
    func refusal(
        completing number: E164, wasConfirmed: Bool, ticket: [UInt8]?, _ situation: Situation
    ) -> Reason? {
        if let phone = situation.user?.phone { return phone.number == number ? nil : .contactAdministrator }
        return refusal(wasConfirmed, ticket, situation)
    }

    /// The same for an authenticator.
    func refusal(completing enrolment: Enrolment, _ situation: Situation) -> Reason? {
        refusal(enrolment.wasConfirmed, enrolment.ticket, situation)
    }

    /// A ticket completes one registration: it has to be there at the end as well as at the beginning.
    private func refusal(_ wasConfirmed: Bool, _ ticket: [UInt8]?, _ situation: Situation) -> Reason? {
        guard wasConfirmed || Self.isProven(situation) else { return .verifyFirst }
        guard needsTicket else { return nil }
        return ticket.map { situation.begunTickets.contains($0) } ?? false ? nil : .ticketRequired
    }

    /// Why this factor cannot be registered now.
    func refusal(of factor: Factor, _ situation: Situation) -> Reason? {
        if let phone = situation.user?.phone, factor == .phone {
            return phone.number == situation.number ? .alreadyRegistered : .contactAdministrator
        }
        guard Self.isProven(situation) else { return .verifyFirst }
        return needsTicket && situation.ticket == nil ? .ticketRequired : nil
    }
}
