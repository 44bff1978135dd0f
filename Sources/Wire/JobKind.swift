/// What a job asks for: the routing key it is published with (contract, section 2).
public enum JobKind: String, Sendable, CaseIterable {
    case options
    case outcome
    case send
    case check
    case cancel
    case registerPhone = "register.phone"
    case registerAuthenticator = "register.authenticator"
    case adminOptionsGet = "admin.options.get"
    case adminOptionsSet = "admin.options.set"
    case adminUserGet = "admin.user.get"
    case adminUserSet = "admin.user.set"
    case adminUserList = "admin.user.list"
    case adminUserReset = "admin.user.reset"
    case adminUserUnlock = "admin.user.unlock"
    case adminUserBypass = "admin.user.bypass"
    case adminUserErase = "admin.user.erase"
    case adminUserRename = "admin.user.rename"
    case adminDeadList = "admin.dead.list"
    case adminDeadShow = "admin.dead.show"
    case adminDeadReplay = "admin.dead.replay"
    case adminDeadDiscard = "admin.dead.discard"
    case adminDeadRestore = "admin.dead.restore"
    case adminExplain = "admin.explain"
    case adminAuditList = "admin.audit.list"

    /// Administrators only, once front ends are told apart.
    public var isAdministration: Bool { rawValue.hasPrefix("admin.") }

    /// Whether an administrator's job names one person.
    var concernsOneUser: Bool {
        self == .adminExplain || (rawValue.hasPrefix("admin.user.") && self != .adminUserList)
    }

    /// Only read: neither recorded nor deduplicated (contract, section 5.2).
    public var onlyReads: Bool { [.options, .outcome, .adminAuditList].contains(self) }

    /// The lane, and so the queue, that jobs of this kind travel by.
    public var lane: LaneName {
        switch self {
        case .send, .registerPhone: .send
        case .check, .cancel, .registerAuthenticator: .check
        case .options, .outcome: .account
        case .adminOptionsGet, .adminOptionsSet, .adminUserGet, .adminUserSet, .adminUserList, .adminUserReset,
            .adminUserUnlock, .adminUserBypass, .adminUserErase, .adminUserRename, .adminDeadList, .adminDeadShow,
            .adminDeadReplay, .adminDeadDiscard, .adminDeadRestore, .adminExplain, .adminAuditList:
            .admin
        }
    }
}

/// The lanes: a queue each, with its own consumer, prefetch and slots, so that none waits for another.
public enum LaneName: String, Sendable, CaseIterable {
    /// Jobs that deliver a message.
    case send
    /// Jobs that ask the provider but deliver nothing.
    case check
    /// Jobs answered from the store alone.
    case account
    /// Administration.
    case admin

    /// The queue of the lane: `verify.send`, …
    public var queue: String { "verify.\(rawValue)" }

    /// The lane that a queue is; `nil` for any other queue.
    public static func of(queue: String) -> LaneName? { allCases.first { $0.queue == queue } }
}

/// Names at the broker that the contract fixes (section 1).
public enum WireName {
    /// The topic exchange that jobs are published to.
    public static let jobs = "verify"
    /// The fanout exchange and the queue for what the broker itself dead-letters.
    public static let dead = "verify.dead"
    public static let events = "verify.events"
    public static let status = "verify.status"
    /// What reply queues of front ends begin with.
    public static let replyPrefix = "verify.reply."
    /// What queues of those who hear `verify.status` begin with.
    public static let listenPrefix = "verify.listen."
    /// Direct reply-to addresses begin with this.
    public static let directReplyPrefix = "amq.rabbitmq.reply-to."
    /// Server-named queues begin with this.
    public static let serverNamedPrefix = "amq.gen-"
}
