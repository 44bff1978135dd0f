import Wire

/// What a job counts against in its lane.
struct Share: Hashable, Sendable {
    /// The broker user; `""` where the broker told none.
    var frontEnd: String
    /// Whatever one of these is slow at, the others of the lane keep their half of the slots.
    var operation: ProviderOperation?
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
