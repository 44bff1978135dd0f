/// One page of the operators' port: a path, and what is answered there.
public struct OpsPage: Sendable {
    /// What is answered to one request.
    public struct Answer: Sendable, Equatable {
        var status: Int
        var contentType: String
        var body: String

        /// A page of text, unless told otherwise.
        ///
        /// - Parameter status: an HTTP status; 200 by default.
        public init(status: Int = 200, contentType: String = "text/plain; charset=utf-8", body: String) {
            self.status = status
            self.contentType = contentType
            self.body = body
        }
    }

    let path: String
    /// Asked for by whatever name; every other page only by names that no foreign web page can have.
    let isForAnyName: Bool
    let answer: @Sendable (_ accept: String?) async -> Answer

    /// - Parameters:
    ///   - path: begins with a slash, and is the label `handler` of the requests that are counted.
    ///   - answer: asked at each request, with the request's `Accept`.
    public init(_ path: String, answer: @escaping @Sendable (_ accept: String?) async -> Answer) {
        self.init(path, isForAnyName: false, answer: answer)
    }

    private init(_ path: String, isForAnyName: Bool, answer: @escaping @Sendable (_ accept: String?) async -> Answer) {
        self.path = path
        self.isForAnyName = isForAnyName
        self.answer = answer
    }

    /// That the process lives: it says nothing, and orchestrators ask for it by whatever name they like.
    public static let live = OpsPage("/live", isForAnyName: true) { _ in Answer(body: "live\n") }

    /// Whether work goes on, with a line for each obstacle: whoever polls by hand reads why.
    public static func ready(_ readiness: @escaping @Sendable () -> Readiness) -> OpsPage {
        OpsPage("/ready") { _ in
            let readiness = readiness()
            guard !readiness.isReady else { return Answer(body: "ready\n") }
            return Answer(status: 503, body: readiness.obstacles.map { "not ready: \($0)\n" }.joined())
        }
    }

    /// All metrics, in the format that is asked for.
    public static func metrics(_ registry: MetricRegistry) -> OpsPage {
        OpsPage("/metrics") { accept in
            let format = ExpositionFormat(accept: accept)
            return Answer(contentType: format.contentType, body: await registry.exposition(format))
        }
    }
}

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
