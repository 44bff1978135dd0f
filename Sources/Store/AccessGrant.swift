/// Everything that a store keeps and that can let a person in or add a factor.
///
/// A reset, an erasure and a renaming go through this list (contract, section 6, "What lets a person in"), so that nothing
/// is handed out or begun before them and used after them. Both stores switch over it, and a test holds it against the
/// tables of the schema.
public enum AccessGrant: Sendable, Hashable, CaseIterable {
    /// A login's tie to a code that was sent: only a tied login may check it.
    case pendingCode
    /// An approved check of a login, which allows it to add a factor.
    case approval
    /// An authenticator that waits for its first code.
    case enrolment
    /// An administrator's one-time permission to register.
    case ticket
    /// An administrator's one-use code.
    case bypassCode
    /// A code of a factor that is being or was used.
    case reservedCode
    /// A challenge of a factor that wrong codes have left open at Twilio.
    case challenge
    /// A client that was approved lately: it keeps tries when strangers have used up the person's.
    case knownClient

    /// Each of them.
    public static let all = Set(allCases)
    /// What belongs to a registered factor and ends with it.
    ///
    /// As long as the factor stays, these must as well: they are what keeps a code from being used twice.
    public static let ofFactor: Set<AccessGrant> = [.reservedCode, .challenge]

    /// Whether a person who is renamed keeps it.
    ///
    /// An approval and an enrolment are of one sign-in, which is over, and the hash of a bypass code holds the old
    /// name.
    package var outlivesRenaming: Bool {
        switch self {
        case .pendingCode, .ticket, .knownClient, .reservedCode, .challenge: true
        case .approval, .enrolment, .bypassCode: false
        }
    }
}

/// An administrator's one-use code.
public enum BypassCode {
    /// The wrong guesses after which it is dead, whatever each of them came to.
    public static let maxTries = 5
}
