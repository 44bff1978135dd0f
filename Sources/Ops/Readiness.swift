/// Whether a worker consumes, and why not.
public struct Readiness: Sendable, Equatable {
    /// In words, for whoever reaches the port: no secret, no personal data, no name of a host or an account.
    ///
    /// Empty: it is ready.
    public var obstacles: [String]

    /// By what stands in the way; nothing is ready.
    public init(obstacles: [String] = []) {
        self.obstacles = obstacles
    }

    /// Whether nothing stands in the way.
    public var isReady: Bool { obstacles.isEmpty }
}
