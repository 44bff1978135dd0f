/// Where a reply may go (contract, section 2, `reply_to`).
public enum ReplyAddress: Sendable, Equatable {
    /// None was named: the outcome is recorded only.
    case none
    /// A queue, published to with `mandatory`.
    case queue(String)
    /// Direct reply-to: at most once, without `mandatory`.
    case direct(String)
    /// Not a place that we write to.
    case refused

    /// The addresses that are taken while front ends are not told apart: queues of known prefixes, server-named queues.
    ///
    /// - Parameter prefixes: what names of reply queues may begin with (`reply.prefixes`).
    public init(_ name: String?, prefixes: [String]) {
        self.init(name) { name in
            name.hasPrefix(WireName.serverNamedPrefix)
                || prefixes.contains { name.hasPrefix($0) && name.count > $0.count }
        }
    }

    /// The addresses that are taken of a known front end: its own queues.
    public init(_ name: String?, frontEnd: String) {
        let own = "\(WireName.replyPrefix)\(frontEnd)."
        self.init(name) { $0.hasPrefix(own) && $0.count > own.count }
    }

    private init(_ name: String?, isQueue: (String) -> Bool) {
        guard let name, !name.isEmpty else {
            self = .none
            return
        }
        guard name.utf8.count <= 255, name.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            self = .refused
            return
        }
        self = name.hasPrefix(WireName.directReplyPrefix) ? .direct(name) : isQueue(name) ? .queue(name) : .refused
    }

    /// The routing key for the default exchange; `nil` when nothing is published.
    public var routingKey: String? {
        switch self {
        case .none, .refused: nil
        case .queue(let name), .direct(let name): name
        }
    }
}
