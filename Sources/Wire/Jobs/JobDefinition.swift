import Basics

/// What a job is (contract, section 2): where it travels, who asks it, what it asks of the provider, which fields it
/// carries and how they are read.
///
/// One for each kind, in the file of its family; ``JobKind/definition`` lists them.
final class JobDefinition: Sendable {
    /// What a job asks for; `nil` when a field is wrong, which the reader has noted.
    typealias Reading<Value> = @Sendable (inout FieldReader) -> Value?

    enum Asker: Sendable {
        /// A front end, for a person who signs in.
        case frontEnd(Reading<Job.Request>)
        case administrator(AdminSubject, Reading<AdminAction>)
    }

    /// Whom an administrator's job names.
    enum AdminSubject {
        case nobody, person
        /// A person at one of the site's two programs.
        case signIn
    }

    let lane: LaneName
    let asker: Asker
    let operation: ProviderOperation?
    let onlyReads: Bool
    let listsPeople: Bool
    /// Those of all jobs of its sort, and its own.
    let fields: [JobField]

    private init(
        _ lane: LaneName, _ asker: Asker, _ operation: ProviderOperation?, _ onlyReads: Bool, _ listsPeople: Bool,
        _ fields: [JobField]
    ) {
        (self.lane, self.asker, self.operation) = (lane, asker, operation)
        (self.onlyReads, self.listsPeople, self.fields) = (onlyReads, listsPeople, fields)
    }

    static func login(
        _ lane: LaneName, calls operation: ProviderOperation? = nil, onlyReads: Bool = false, _ fields: [JobField] = [],
        _ request: @escaping Reading<Job.Request>
    ) -> JobDefinition {
        let all: [JobField] = ["user", "application", "login", "client", "locale"] + fields
        return JobDefinition(lane, .frontEnd(request), operation, onlyReads, false, all)
    }

    static func admin(
        _ subject: AdminSubject, onlyReads: Bool = false, listsPeople: Bool = false, _ fields: [JobField] = [],
        _ action: @escaping Reading<AdminAction>
    ) -> JobDefinition {
        let shared: [JobField] =
            switch subject {
            case .nobody: ["operator"]
            case .person: ["operator", "user"]
            case .signIn: ["operator", "user", "application"]
            }
        return JobDefinition(.admin, .administrator(subject, action), nil, onlyReads, listsPeople, shared + fields)
    }

    /// Reads the fields of a body; `nil` when one is wrong, which the reader has noted.
    func job(_ kind: JobKind, _ fields: inout FieldReader) -> Job? {
        switch asker {
        case .frontEnd(let request): fields.loginJob(kind, request)
        case .administrator(let subject, let action): fields.adminJob(kind, of: subject, action)
        }
    }
}

/// A field of a job's body.
struct JobField: Sendable, ExpressibleByStringLiteral {
    var name: String
    /// A code or a ticket: never written down.
    var isSecret = false

    init(stringLiteral name: String) { self.name = name }

    static func secret(_ name: String) -> JobField {
        var field = JobField(stringLiteral: name)
        field.isSecret = true
        return field
    }
}

extension JobKind {
    /// The lane, and so the queue, that jobs of this kind travel by.
    public var lane: LaneName { definition.lane }
    /// What it asks of the provider and shares its lane by; `nil` for what is answered from the store, and for administrators'
    /// jobs, which share theirs by front end alone.
    public var operation: ProviderOperation? { definition.operation }
    /// Only read: neither recorded nor deduplicated (contract, section 5.2).
    public var onlyReads: Bool { definition.onlyReads }
    /// Whether recorded replies may name people beside the job's own.
    public var listsPeople: Bool { definition.listsPeople }

    /// Administrators only, once front ends are told apart.
    public var isAdministration: Bool {
        switch definition.asker {
        case .frontEnd: false
        case .administrator: true
        }
    }

    /// Whether replies speak of one of the site's two programs.
    public var isOfApplication: Bool {
        switch definition.asker {
        case .frontEnd, .administrator(.signIn, _): true
        case .administrator(.nobody, _), .administrator(.person, _): false
        }
    }

    /// Fields that hold a secret, a code or a ticket, in one job at least.
    public static let secretFields = Set(allFields.filter(\.isSecret).map(\.name))
    /// The fields that hold none in any job.
    public static let openFields = Set(allFields.map(\.name)).subtracting(secretFields)

    private static var allFields: [JobField] { allCases.flatMap { $0.definition.fields } }
}

extension FieldReader {
    fileprivate mutating func loginJob(_ kind: JobKind, _ request: JobDefinition.Reading<Job.Request>) -> Job? {
        user = canonicalUser("user")
        application = optional("application") == nil ? .web : choice("application", Application.self)
        let login = login()
        let client = text("client", length: 1...128)
        let locale = locale()
        guard let request = request(&self), problems.isEmpty, let user, let application else { return nil }
        return Job(
            kind: kind,
            login: Job.Login(
                user: user, application: application, login: login ?? "", client: client, locale: locale),
            request: request)
    }

    fileprivate mutating func adminJob(
        _ kind: JobKind, of subject: JobDefinition.AdminSubject, _ action: JobDefinition.Reading<AdminAction>
    ) -> Job? {
        administrator = line("operator", length: 1...128)
        switch subject {
        case .nobody: break
        case .person: user = canonicalUser("user")
        case .signIn:
            user = canonicalUser("user")
            application = required("application", Application.self)
        }
        guard let action = action(&self), problems.isEmpty, let administrator else { return nil }
        return Job(
            kind: kind, login: Job.Login(user: user ?? "", application: application ?? .web),
            request: .admin(AdminRequest(administrator: administrator, action: action)))
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

    /// One sign-in.
    ///
    /// U+0000 would end the text for C libraries, so that two sign-ins could look alike.
    fileprivate mutating func login() -> String? {
        guard let login = text("login", length: 8...64) else { return nil }
        guard !login.unicodeScalars.contains("\u{0}") else {
            note("login", "malformed")
            return nil
        }
        return login
    }

    /// What is no language is passed over: a language never costs a code.
    fileprivate mutating func locale() -> String? {
        guard let locale = optional("locale") else { return nil }
        guard case .string(let text) = locale else {
            note("locale", "wrong_type")
            return nil
        }
        return LanguageTag.normalized(text)
    }

    mutating func messageID(_ field: String, isRequired: Bool) -> String? {
        guard let id = isRequired ? requiredText(field, length: 1...64) : text(field, length: 1...64) else {
            return nil
        }
        guard MessageID.isValid(id) else {
            note(field, "malformed")
            return nil
        }
        return id
    }

    /// Why an administrator does it, for the audit trail.
    mutating func reason() -> String? { line("reason", length: 1...500) }

    /// `next` of a reply: the number of a letter, or of an entry of the audit trail.
    mutating func number(of member: JSONValue) -> Int64? {
        switch member {
        case .string(let text):
            if let id = Int64(text), id >= 0 { return id }
            note("after", "malformed")
        case .null: return nil
        case .number, .bool, .array, .object: note("after", "wrong_type")
        }
        return nil
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

/// Languages as front ends hand them on.
enum LanguageTag {
    /// The tag in the form of BCP 47 (`en-US`), also of a browser's whole list (`de-CH,de;q=0.9`), of which it is the first,
    /// and of a POSIX locale (`en_US.UTF-8`); `nil` for what names no language, such as `*` and `C`.
    static func normalized(_ text: String) -> String? {
        let first = text.prefix { !",;.@".contains($0) }.filter { $0 != " " }
        let tag = String(first.map { $0 == "_" ? "-" : $0 })
        let parts = tag.split(separator: "-", omittingEmptySubsequences: false)
        guard tag.utf8.count <= 35, let language = parts.first, (2...8).contains(language.utf8.count),
            language.allSatisfy({ $0.isASCII && $0.isLetter }),
            parts.dropFirst().allSatisfy({
                (1...8).contains($0.utf8.count) && $0.utf8.allSatisfy(FieldReader.isAlphanumeric)
            })
        else { return nil }
        return tag
    }
}
