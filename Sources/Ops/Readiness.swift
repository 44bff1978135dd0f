/// Whether a worker consumes, and why not.
public struct Readiness: Sendable, Equatable {
    /// In words, for an operator; no secret and no personal data. Empty: it is ready.
    public var obstacles: [String]

    public init(obstacles: [String] = []) {
        self.obstacles = obstacles
    }

    public var isReady: Bool { obstacles.isEmpty }
}
