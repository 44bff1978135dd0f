public import Wire

/// How much of one front end's dead letters is kept; beyond it its oldest go.
public struct LetterBounds: Sendable, Equatable {
    /// How many letters of one front end are kept (`dead.max_letters`); its oldest go.
    public var letters = 10_000
    /// Of their sealed bodies and properties.
    public var bytes = 256 << 20

    /// The contract's defaults.
    public init() {}

    /// One more letter pushes out at most so many, so that a bound that was lowered holds up nobody.
    package static let mostAtOnce = 100
}

/// Which dead letters are wanted, and what of them.
public struct LetterQuery: Sendable {
    /// Which letters: by number, or by what fits.
    public var selection: DeadSelection
    /// At most so many, the oldest first.
    public var limit: Int
    /// Whether bodies are read too, which only `admin.dead.show` needs.
    public var withBodies: Bool
    /// How many there are in all, whatever ``limit`` says.
    public var withCounts: Bool

    package init(_ selection: DeadSelection, limit: Int, withBodies: Bool = false, withCounts: Bool = false) {
        self.selection = selection
        self.limit = limit
        self.withBodies = withBodies
        self.withCounts = withCounts
    }
}

/// What a look at dead letters found.
public struct LetterPage: Sendable {
    /// The oldest first; without bodies unless they were asked for.
    public var letters: [DeadLetterRow] = []
    /// The last that was looked at, also where it cannot be read.
    public var last: Int64?
    /// There are more behind the last one.
    public var hasMore = false
    /// How many of the selected there are of each state, and of each reason by `reason.` and its name, those that cannot be
    /// read as `unreadable`.
    public var counts: [String: Int] = [:]

    package init() {}
}
