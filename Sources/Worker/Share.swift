import Wire

/// What a job counts against in its lane.
struct Share: Hashable, Sendable {
    /// The broker user; `""` where the broker told none.
    var frontEnd: String
    var operation: ProviderOperation
}

/// What a job asks of Twilio. Whatever one of these is slow at, the others of the lane keep their half of the slots.
enum ProviderOperation: Hashable, Sendable, CaseIterable {
    /// Start a verification: a message goes out.
    case start
    case check
    case cancel
    /// Make a factor for an authenticator.
    case factor
    /// Nothing: the job is answered from the store.
    case none

    init(_ kind: JobKind?) {
        self =
            switch kind {
            case .send, .registerPhone: .start
            case .check: .check
            case .cancel: .cancel
            case .registerAuthenticator: .factor
            case .options, .outcome, .adminOptionsGet, .adminOptionsSet, .adminUserGet, .adminUserSet, .adminUserList,
                .adminUserReset, .adminUserUnlock, .adminUserBypass, .adminUserErase, .adminUserRename, .adminDeadList,
                .adminDeadShow, .adminDeadReplay, .adminDeadDiscard, .adminDeadRestore, .adminExplain, .adminAuditList,
                nil:
                .none
            }
    }
}

/// A job's standing in its lane for as long as it is in hand.
struct Claim: Sendable {
    var share: Share
    /// Drawn at delivery: the lower one goes first within a share.
    var ticket: Int
}

/// How a job's wait for a slot ended.
enum SlotVerdict: Sendable {
    case granted
    /// Too many wait for the same share; it is answered without being begun.
    case crowdedOut
}
