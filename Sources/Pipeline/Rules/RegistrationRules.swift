import Basics
import Store
import Wire

/// Whether a person may add a method (contract, section 6, "Registration").
struct RegistrationRules: Sendable {
    /// How long an approved check of the same sign-in allows adding another method.
    static let approvalLife: Duration = .seconds(600)

    var needsTicket = false

    /// Whether the sign-in was confirmed with a method that the person has.
    func isConfirmed(_ situation: Situation) -> Bool {
        situation.approvedAt.map { situation.now - $0 <= Self.approvalLife } ?? false
    }

    /// Whether a registration may be completed that was, or was not, confirmed when it began: another method may have
    /// been added since.
    func mayComplete(_ wasConfirmed: Bool, _ situation: Situation) -> Bool {
        wasConfirmed || isProven(situation)
    }

    /// Neither a password alone nor somebody else's approval adds a method to those that there are.
    func isProven(_ situation: Situation) -> Bool {
        guard !(situation.user?.factors.isEmpty ?? true) else { return true }
        return isConfirmed(situation)
    }

    /// Why the registration of a phone can be completed no more: another number, or another method, was registered since
    /// it began, and its code proves nothing now.
    func refusal(completing number: E164, wasConfirmed: Bool, _ situation: Situation) -> Reason? {
        if let phone = situation.user?.phone { return phone.number == number ? nil : .contactAdministrator }
        return mayComplete(wasConfirmed, situation) ? nil : .verifyFirst
    }

    /// Why this factor cannot be registered now.
    func refusal(of factor: Factor, _ situation: Situation) -> Reason? {
        if let phone = situation.user?.phone, factor == .phone {
            return phone.number == situation.number ? .alreadyRegistered : .contactAdministrator
        }
        guard isProven(situation) else { return .verifyFirst }
        return needsTicket && situation.ticket == nil ? .ticketRequired : nil
    }
}
