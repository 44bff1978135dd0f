import Basics

/// What each job carries (contract, section 2).
extension FieldReader {
    /// The job; `nil` when a field is wrong (see ``problems``).
    mutating func job(_ kind: JobKind) -> Job? {
        switch kind {
        case .options: login(kind) { _ in .options }
        case .outcome: login(kind) { $0.messageID("job", isRequired: true).map { .outcome(job: $0) } }
        case .cancel: login(kind) { .cancel(job: $0.messageID("job", isRequired: false)) }
        case .send: login(kind) { $0.required("channel", Channel.self).map { .send(channel: $0) } }
        case .check: login(kind) { $0.check() }
        case .registerPhone: login(kind) { $0.registerPhone() }
        case .registerAuthenticator: login(kind) { $0.registerAuthenticator() }
        case .adminOptionsGet: administration(kind) { _ in .optionsGet }
        case .adminOptionsSet: administration(kind) { $0.optionsSet() }
        case .adminUserGet: administration(kind) { _ in .userGet }
        case .adminUserSet: administration(kind) { $0.userSet() }
        case .adminUserList: administration(kind) { $0.userList() }
        case .adminUserReset: administration(kind) { $0.userReset() }
        case .adminUserUnlock: administration(kind) { _ in .userUnlock }
        case .adminUserBypass: administration(kind) { $0.userBypass() }
        case .adminUserErase: administration(kind) { $0.reason().map { .userErase(reason: $0) } }
        case .adminUserRename: administration(kind) { $0.canonicalUser("to").map { .userRename(to: $0) } }
        case .adminExplain: administration(kind) { _ in .explain }
        case .adminAuditList: administration(kind) { $0.auditList() }
        case .adminDeadList: administration(kind) { $0.selection(isList: true).map { .deadList($0) } }
        case .adminDeadShow: administration(kind) { $0.selection(isList: true).map { .deadShow($0) } }
        case .adminDeadReplay: administration(kind) { $0.deadReplay() }
        case .adminDeadDiscard: administration(kind) { $0.deadDiscard() }
        case .adminDeadRestore: administration(kind) { $0.selection(isList: false).map { .deadRestore($0) } }
        }
    }

    private mutating func login(_ kind: JobKind, _ request: (inout FieldReader) -> Job.Request?) -> Job? {
        user = canonicalUser("user")
        application = optional("application") == nil ? .web : choice("application", Application.self)
        let login = readLogin()
        let client = text("client", length: 1...128)
        let locale = readLocale()
        guard let request = request(&self), problems.isEmpty, let user, let application else { return nil }
        return Job(
            kind: kind,
            login: Job.Login(
                user: user, application: application, login: login ?? "", client: client, locale: locale),
            request: request)
    }

    private mutating func check() -> Job.Request? {
        let method = choice("method", Factor.self)
        return readCode().map { .check(code: $0, method: method) }
    }

    private mutating func registerPhone() -> Job.Request? {
        let phone = requiredText("phone", length: 1...64)
        let region = readRegion()
        let ticket = readTicket()
        guard let channel = required("channel", Channel.self), let phone else { return nil }
        return .registerPhone(phone: Redacted(phone), region: region, channel: channel, ticket: ticket)
    }

    private mutating func registerAuthenticator() -> Job.Request? {
        let label = optional("label") != nil ? line("label", length: 1...64) : nil
        let picture = choice("qr", Picture.self) ?? .svg
        return .registerAuthenticator(label: label, picture: picture, ticket: readTicket())
    }

    /// The site's own id of a person: compared exactly, so nothing that only looks equal is let in.
    mutating func canonicalUser(_ field: String) -> String? {
        guard let user = line(field, length: 1...128) else { return nil }
        let outer = [user.unicodeScalars.first, user.unicodeScalars.last].compactMap(\.self)
        guard !outer.contains(where: \.properties.isWhitespace) else {
            note(field, "malformed")
            return nil
        }
        return user
    }

    /// One sign-in. U+0000 would end the text for C libraries, so that two sign-ins could look alike.
    private mutating func readLogin() -> String? {
        guard let login = text("login", length: 8...64) else { return nil }
        guard !login.unicodeScalars.contains("\u{0}") else {
            note("login", "malformed")
            return nil
        }
        return login
    }

    /// What is no language is passed over: a language never costs a code.
    private mutating func readLocale() -> String? {
        guard let locale = optional("locale") else { return nil }
        guard case .string(let text) = locale else {
            note("locale", "wrong_type")
            return nil
        }
        return LanguageTag.normalized(text)
    }

    private mutating func readRegion() -> String? {
        guard let region = text("region", length: 2...2) else { return nil }
        guard region.utf8.allSatisfy({ (0x41...0x5A).contains($0 & 0xDF) }) else {
            note("region", "malformed")
            return nil
        }
        return region.uppercased()
    }

    private mutating func readTicket() -> Redacted<String>? {
        text("ticket", length: 1...64).map { Redacted(TypedTicket.canonical($0)) }
    }

    private mutating func messageID(_ field: String, isRequired: Bool) -> String? {
        guard let id = isRequired ? requiredText(field, length: 1...64) : text(field, length: 1...64) else {
            return nil
        }
        guard MessageID.isValid(id) else {
            note(field, "malformed")
            return nil
        }
        return id
    }

    private mutating func readCode() -> Redacted<String>? {
        guard let typed = requiredText("code", length: 1...64) else { return nil }
        guard let digits = TypedCode.digits(typed), (3...10).contains(digits.utf8.count) else {
            note("code", "malformed")
            return nil
        }
        return Redacted(digits)
    }
}

/// The form of a job's message id.
public enum MessageID {
    /// 1 to 64 characters `[A-Za-z0-9._:-]`.
    public static func isValid(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { FieldReader.isAlphanumeric($0) || [0x2E, 0x5F, 0x3A, 0x2D].contains($0) }
    }
}
