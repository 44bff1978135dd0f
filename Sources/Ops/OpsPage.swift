package import Web

/// One page of the operators' port: a path, and what is answered there.
package struct OpsPage: Sendable {
    let path: String
    /// Asked for by whatever name; every other page only by names that no foreign web page can have.
    let isForAnyName: Bool
    let answer: @Sendable (_ accept: String?) async -> WebAnswer

    /// - Parameters:
    ///   - path: begins with a slash, and is the label `handler` of the requests that are counted.
    ///   - answer: asked at each request, with the request's `Accept`.
    package init(_ path: String, answer: @escaping @Sendable (_ accept: String?) async -> WebAnswer) {
        self.init(path, isForAnyName: false, answer: answer)
    }

    private init(_ path: String, isForAnyName: Bool, answer: @escaping @Sendable (_ accept: String?) async -> WebAnswer)
    {
        self.path = path
        self.isForAnyName = isForAnyName
        self.answer = answer
    }

    /// That the process lives: it says nothing, and orchestrators ask for it by whatever name they like.
    package static let live = OpsPage("/live", isForAnyName: true) { _ in .text("live\n") }

    /// Whether work goes on, with a line for each obstacle: whoever polls by hand reads why.
    package static func ready(_ readiness: @escaping @Sendable () -> Readiness) -> OpsPage {
        OpsPage("/ready") { _ in
            let readiness = readiness()
            let pauses = readiness.pauses.map { "paused: \($0)\n" }.joined()
            guard !readiness.isReady else { return .text("ready\n" + pauses) }
            let obstacles = readiness.obstacles.map { "not ready: \($0)\n" }.joined()
            return .text(obstacles + pauses, status: 503)
        }
    }

    /// All metrics, in the format that is asked for.
    package static func metrics(_ registry: MetricRegistry) -> OpsPage {
        OpsPage("/metrics") { accept in
            let format = ExpositionFormat(accept: accept)
            return WebAnswer(type: format.contentType, body: await registry.exposition(format))
        }
    }
}

/// Whether a worker does what is wanted of it, and why not.
public struct Readiness: Sendable, Equatable {
    /// In words, for whoever reaches the port: no secret, no personal data, no name of a host or an account.
    ///
    /// Empty: it is ready.
    public var obstacles: [String]
    /// What it leaves alone because an operator wants that, in words of the same kind.
    ///
    /// It is ready all the same: a rollout that waited for the operator's word would wait for ever, and one that replaced the
    /// worker would get another paused one.
    public var pauses: [String]

    /// By what stands in the way; nothing is ready.
    public init(obstacles: [String] = [], pauses: [String] = []) {
        self.obstacles = obstacles
        self.pauses = pauses
    }

    /// Whether nothing stands in the way.
    public var isReady: Bool { obstacles.isEmpty }
}
