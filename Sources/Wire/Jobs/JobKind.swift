public import Basics

/// What a job asks for: the routing key it is published with (contract, section 2).
///
/// The catalogue of jobs is this file: their keys, what each of them is (``definition``), what each asks for (``Job/Request``,
/// ``AdminAction``), and what is called for them (``ProviderOperation``). All else about a job is in its own file, and whatever
/// has to know of all jobs goes by these lists.
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
    case adminUserDelivery = "admin.user.delivery"

    var definition: JobDefinition {
        switch self {
        case .options: .options
        case .outcome: .outcome
        case .send: .send
        case .check: .check
        case .cancel: .cancel
        case .registerPhone: .registerPhone
        case .registerAuthenticator: .registerAuthenticator
        case .adminOptionsGet: .adminOptionsGet
        case .adminOptionsSet: .adminOptionsSet
        case .adminUserGet: .adminUserGet
        case .adminUserSet: .adminUserSet
        case .adminUserList: .adminUserList
        case .adminUserReset: .adminUserReset
        case .adminUserUnlock: .adminUserUnlock
        case .adminUserBypass: .adminUserBypass
        case .adminUserErase: .adminUserErase
        case .adminUserRename: .adminUserRename
        case .adminDeadList: .adminDeadList
        case .adminDeadShow: .adminDeadShow
        case .adminDeadReplay: .adminDeadReplay
        case .adminDeadDiscard: .adminDeadDiscard
        case .adminDeadRestore: .adminDeadRestore
        case .adminExplain: .adminExplain
        case .adminAuditList: .adminAuditList
        case .adminUserDelivery: .adminUserDelivery
        }
    }
}

extension Job {
    /// What a job asks for, as it was read.
    public enum Request: Sendable {
        case options
        /// The recorded reply of another job of the same front end and user.
        case outcome(job: String)
        case registerPhone(phone: Redacted<String>, region: String?, channel: Channel, ticket: Redacted<String>?)
        case registerAuthenticator(label: String?, picture: Picture, ticket: Redacted<String>?)
        case send(channel: Channel)
        case check(code: Redacted<String>, method: Factor?)
        /// Ends the login's code; with `job`, that send too if it still waits.
        case cancel(job: String?)
        indirect case admin(AdminRequest)
    }
}

/// What an administrator asks for, and who it is.
public struct AdminRequest: Sendable {
    /// The body's `operator`: for the audit trail.
    public var administrator: String
    /// What is to be done.
    public var action: AdminAction

    package init(administrator: String, action: AdminAction) {
        self.administrator = administrator
        self.action = action
    }
}

/// The `admin.*` jobs (contract, section 2), one case each.
public enum AdminAction: Sendable {
    case optionsGet
    /// Values by name; `nil` is "back to the default". All or nothing.
    case optionsSet([String: String?], dryRun: Bool)
    case userGet
    case userSet(UserSettings)
    case userList(filter: UserFilter?, after: String?, limit: Int)
    case userReset(reason: String, what: ResetScope, ticket: Bool)
    case userUnlock
    /// - Parameter create: also for somebody who is not known yet.
    case userBypass(reason: String, minutes: Int, create: Bool)
    case userErase(reason: String)
    case userRename(to: String)
    /// - Parameter job: the message id of a send of the person's.
    case userDelivery(job: String)
    case explain
    case auditList(AuditSelection)
    case deadList(DeadSelection)
    case deadShow(DeadSelection)
    case deadReplay(DeadSelection, perSecond: Int, evenLate: Bool)
    case deadDiscard(DeadSelection, reason: String?)
    case deadRestore(DeadSelection)
}

/// What is called at the provider for a job, as far as one may be slow or fail while the others work.
///
/// A lane is shared, a planned call is named, circuits open and outcomes are counted by it.
public enum ProviderOperation: String, Sendable, CaseIterable {
    /// Start a verification: a message goes out.
    case send
    /// Check a code that was sent.
    case check
    /// End verifications.
    case cancel
    /// Make a factor for an authenticator.
    case enrol
    /// Prove it by its first code.
    case prove
    /// Check an authenticator's code.
    case challenge
    /// Remove a factor: part of other jobs, and no job's own.
    case remove

    /// What tells it from the others: a new one is a row of this table, and the compiler asks for it.
    private var row: (name: String, method: Method?) {
        switch self {
        case .send: ("send", nil)
        case .check: ("check a code", nil)
        case .cancel: ("cancel a code", nil)
        case .enrol: ("create an authenticator", nil)
        case .prove: ("prove an authenticator", nil)
        case .challenge: ("check an authenticator's code", .authenticator)
        case .remove: ("remove an authenticator", nil)
        }
    }

    /// For operators.
    public var name: String { row.name }
    /// The method that is down while it fails, whatever is sent by.
    public var method: Method? { row.method }
}
