import Wire

/// The contract's table of jobs (section 2), written down a second time: which fields each key knows.
struct JobTable {
    /// What a field holds.
    enum Value: Equatable {
        case text(String)
        /// One of these words.
        case word([String])
        case code, user, messageID, flag, time, timeOrNull, ids
        case number(ClosedRange<Int>)
        case object(String)
    }

    struct Field: Equatable {
        var name: String
        var value: Value
        var isRequired = false
    }

    static func fields(of kind: JobKind) -> [Field] {
        kind.isAdministration ? administration(kind) : common + login(kind)
    }

    private static let common: [Field] = [
        Field(name: "user", value: .user, isRequired: true),
        Field(name: "application", value: .word(["web", "windows"])),
        Field(name: "login", value: .text("sign-in-0001")), Field(name: "client", value: .text("10.0.0.7")),
        Field(name: "locale", value: .text("pt-BR")),
    ]

    private static let channel = Field(name: "channel", value: .word(["sms", "call"]), isRequired: true)
    private static let ticket = Field(name: "ticket", value: .text("ABCD-EFGH"))

    private static func login(_ kind: JobKind) -> [Field] {
        switch kind {
        case .registerPhone:
            [
                Field(name: "phone", value: .text("(415) 555-0142"), isRequired: true), channel,
                Field(name: "region", value: .text("US")), ticket,
            ]
        case .registerAuthenticator:
            [
                Field(name: "label", value: .text("Zoë")), Field(name: "qr", value: .word(["svg", "png", "none"])),
                ticket,
            ]
        case .send: [channel]
        case .check:
            [
                Field(name: "code", value: .code, isRequired: true),
                Field(name: "method", value: .word(["phone", "authenticator"])),
            ]
        case .cancel: [Field(name: "job", value: .messageID)]
        case .outcome: [Field(name: "job", value: .messageID, isRequired: true)]
        default: []
        }
    }

    private static let user = Field(name: "user", value: .user, isRequired: true)
    private static let reason = Field(name: "reason", value: .text("left the firm"), isRequired: true)

    private static func administration(_ kind: JobKind) -> [Field] {
        [Field(name: "operator", value: .text("ada"), isRequired: true)] + own(kind)
    }

    private static func own(_ kind: JobKind) -> [Field] {
        switch kind {
        case .adminOptionsSet:
            [
                Field(
                    name: "options", value: .object(#"{"2FA_PROVIDER":null,"2FA_VER_SMS":"Enabled"}"#), isRequired: true
                ),
                Field(name: "dry_run", value: .flag),
            ]
        case .adminUserGet, .adminUserUnlock: [user]
        case .adminUserSet:
            [
                user, Field(name: "required", value: .flag), Field(name: "grace_until", value: .timeOrNull),
                Field(name: "phone", value: .text("+14155550142")), Field(name: "ticket", value: .flag),
            ]
        case .adminUserList:
            [
                Field(name: "filter", value: .word(["required", "registered", "unregistered"])),
                Field(name: "after", value: .text("m")), Field(name: "limit", value: .number(1...500)),
            ]
        case .adminUserReset:
            [
                user, reason, Field(name: "what", value: .word(["phone", "authenticator", "all"])),
                Field(name: "ticket", value: .flag),
            ]
        case .adminUserBypass:
            [
                user, reason, Field(name: "minutes", value: .number(1...1440), isRequired: true),
                Field(name: "create", value: .flag),
            ]
        case .adminAuditList:
            [
                Field(name: "user", value: .user), Field(name: "by", value: .text("eve")),
                Field(name: "since", value: .time), Field(name: "until", value: .time),
                Field(name: "after", value: .text("17")), Field(name: "limit", value: .number(1...500)),
            ]
        case .adminUserDelivery: [user, Field(name: "job", value: .messageID, isRequired: true)]
        case .adminUserErase: [user, reason]
        case .adminUserRename: [user, Field(name: "to", value: .user, isRequired: true)]
        case .adminExplain: [user, Field(name: "application", value: .word(["web", "windows"]), isRequired: true)]
        default: deadLetters(kind)
        }
    }

    private static func deadLetters(_ kind: JobKind) -> [Field] {
        guard kind.rawValue.hasPrefix("admin.dead.") else { return [] }
        let selection = [
            Field(name: "ids", value: .ids),
            Field(name: "filter", value: .object(#"{"reason":"poison","key":"send"}"#)),
            Field(name: "limit", value: .number(1...10_000)),
        ]
        switch kind {
        case .adminDeadReplay:
            return selection + [Field(name: "rate", value: .number(1...1000)), Field(name: "late", value: .flag)]
        case .adminDeadDiscard: return selection + [Field(name: "reason", value: .text("stale"))]
        case .adminDeadList, .adminDeadShow: return selection + [Field(name: "after", value: .text("17"))]
        default: return selection
        }
    }
}
