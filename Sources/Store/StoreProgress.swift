/// How far something is that takes long on a large store.
public struct StoreProgress: Sendable, Equatable {
    /// Hears of it now and then, on any thread.
    public typealias Told = @Sendable (StoreProgress) -> Void

    /// Whom the task that works on a store tells; `nil` for nobody.
    @TaskLocal public static var told: Told?

    /// What is counted: `values sealed anew`.
    public var what: String
    /// How many are done.
    public var done: Int
    /// Of how many; `nil` where that is not known.
    public var of: Int?

    /// So many of so many.
    public init(_ what: String, _ done: Int, of all: Int? = nil) {
        (self.what, self.done, of) = (what, done, all)
    }
}
