/// What is called at the provider for a job, as far as one may be slow or fail while the others work. A lane is shared, a planned
/// call is named, circuits open and outcomes are counted by it.
public enum ProviderOperation: String, Sendable, CaseIterable {
    /// Start a verification: a message goes out.
    case send
    /// Check a code that was sent.
    case check
    /// End verifications.
    case cancel
    /// Make a factor for an authenticator.
    case enrol
    /// Prove it by its first code.
    case prove
    /// Check an authenticator's code.
    case challenge
    /// Remove a factor: part of other jobs, and no job's own.
    case remove

    private var row: (name: String, method: Method?) {
        switch self {
        case .send: ("send", nil)
        case .check: ("check a code", nil)
        case .cancel: ("cancel a code", nil)
        case .enrol: ("create an authenticator", nil)
        case .prove: ("prove an authenticator", nil)
        case .challenge: ("check an authenticator's code", .authenticator)
        case .remove: ("remove an authenticator", nil)
        }
    }

    /// For operators.
    public var name: String { row.name }
    /// The method that is down while it fails, whatever is sent by.
    public var method: Method? { row.method }
}
