public import Basics

/// Something that is still to be undone at Twilio, since it could not be told when it should have been.
///
/// Harmless to repeat; done as well when Twilio knows no such thing any more.
public enum ProviderChore: Sendable, Equatable, Codable {
    /// End a verification.
    case cancelVerification(sid: String)
    /// Remove a factor that serves nobody any more.
    case removeFactor(OldFactor)
    /// Remove what an enrolment has left that was given up or ran out: nobody ever signed in with it.
    case removeEnrolment(OldFactor)

    /// What the store calls it beside the sealed rest.
    package var kind: String {
        switch self {
        case .cancelVerification: "cancel_verification"
        case .removeFactor: "remove_factor"
        case .removeEnrolment: "remove_enrolment"
        }
    }

    /// What is due goes by this first.
    ///
    /// Enrolments that were given up let nobody in, and anybody with a password can begin them: they wait for what lets
    /// somebody in.
    package var priority: Priority {
        switch self {
        case .cancelVerification, .removeFactor: .access
        case .removeEnrolment: .enrolment
        }
    }

    /// The first first.
    package enum Priority: Int, Sendable, CaseIterable, Comparable {
        case access = 0
        case enrolment = 1

        package static func < (left: Priority, right: Priority) -> Bool { left.rawValue < right.rawValue }
    }
}

/// A chore as the store holds it.
public struct ProviderChoreRow: Sendable, Equatable {
    /// The chore's number.
    public var id: Int64
    /// What is still to do.
    public var chore: ProviderChore
    /// When its turn comes.
    public var dueAt: Timestamp
    /// How often it was taken, this time included.
    public var tries: Int

    package init(id: Int64, chore: ProviderChore, dueAt: Timestamp, tries: Int = 0) {
        self.id = id
        self.chore = chore
        self.dueAt = dueAt
        self.tries = tries
    }

    private static let firstPause: Duration = .seconds(15)
    private static let longestPause: Duration = .seconds(3600)

    /// The pause after so many tries: longer than a call can last, and growing, since what fails once mostly goes on
    /// failing for a while.
    package static func pause(after tries: Int) -> Duration {
        min(longestPause, firstPause * (1 << min(tries, 10)))
    }
}
