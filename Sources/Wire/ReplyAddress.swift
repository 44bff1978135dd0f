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

    /// - Parameter prefixes: what names of reply queues may begin with (`reply.prefixes`).
    public init(_ name: String?, prefixes: [String]) {
        guard let name, !name.isEmpty else {
            self = .none
            return
        }
        guard name.utf8.count <= 255, name.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            self = .refused
            return
        }
        if name.hasPrefix(WireName.directReplyPrefix) {
            self = .direct(name)
        } else if prefixes.contains(where: { name.hasPrefix($0) && name.count > $0.count })
            || name.hasPrefix(WireName.serverNamedPrefix)
        {
            self = .queue(name)
        } else {
            self = .refused
        }
    }

    /// The routing key for the default exchange; `nil` when nothing is published.
    public var routingKey: String? {
        switch self {
        case .none, .refused: nil
        case .queue(let name), .direct(let name): name
        }
    }
}
