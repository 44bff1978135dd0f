import Basics

/// Reads the fields of a job's body and notes what is wrong with them. Unknown fields are ignored.
struct FieldReader {
    let members: [String: JSONValue]
    var problems: [FieldProblem] = []
    private(set) var user: String?
    private(set) var application: Application?

    init(members: [String: JSONValue]) {
        self.members = members
    }

    /// The job; `nil` when a field is wrong (see ``problems``) or the kind is not served.
    mutating func job(_ kind: JobKind) -> Job? {
        user = readUser()
        application = members["application"] == nil ? .web : choice("application", Application.self)
        let login = text("login", length: 8...64)
        let client = text("client", length: 1...128)
        let locale = text("locale", length: 1...35)
        if let locale, !locale.utf8.allSatisfy({ Self.isAlphanumeric($0) || $0 == 0x2D }) {
            note("locale", "malformed")
        }
        guard let request = request(kind), problems.isEmpty, let user, let application else { return nil }
        return Job(
            kind: kind,
            login: Job.Login(
                user: user, application: application, login: login ?? "", client: client, locale: locale),
            request: request)
    }

    private mutating func request(_ kind: JobKind) -> Job.Request? {
        switch kind {
        case .options: return .options
        case .send: return required("channel", Channel.self).map { .send(channel: $0) }
        case .registerPhone:
            let phone = requiredText("phone", length: 1...64)
            let region = readRegion()
            guard let channel = required("channel", Channel.self), let phone else { return nil }
            return .registerPhone(phone: Redacted(phone), region: region, channel: channel)
        case .check:
            let method = members["method"] == nil ? nil : choice("method", Factor.self)
            guard let code = readCode() else { return nil }
            return .check(code: code, method: method)
        default: return nil
        }
    }

    private mutating func note(_ field: String, _ reason: String) {
        problems.append(FieldProblem(field, reason))
    }

    private mutating func readUser() -> String? {
        guard let user = requiredText("user", length: 1...128) else { return nil }
        let plain = user.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        let outer = [user.unicodeScalars.first, user.unicodeScalars.last].compactMap(\.self)
        guard plain, !outer.contains(where: \.properties.isWhitespace) else {
            note("user", "malformed")
            return nil
        }
        return user
    }

    private mutating func readRegion() -> String? {
        guard let region = text("region", length: 2...2) else { return nil }
        guard region.utf8.allSatisfy({ (0x41...0x5A).contains($0 & 0xDF) }) else {
            note("region", "malformed")
            return nil
        }
        return region.uppercased()
    }

    /// People copy codes with spaces and hyphens in them: those are dropped, nothing else is.
    private mutating func readCode() -> Redacted<String>? {
        guard let typed = requiredText("code", length: 1...64) else { return nil }
        let digits = typed.filter { $0 != " " && $0 != "-" }
        guard (3...10).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            note("code", "malformed")
            return nil
        }
        return Redacted(digits)
    }

    private mutating func requiredText(_ field: String, length: ClosedRange<Int>) -> String? {
        guard members[field] != nil else {
            note(field, "missing")
            return nil
        }
        return text(field, length: length)
    }

    private mutating func text(_ field: String, length: ClosedRange<Int>) -> String? {
        guard let member = members[field] else { return nil }
        guard case .string(let text) = member else {
            note(field, "wrong_type")
            return nil
        }
        guard length.contains(text.unicodeScalars.count) else {
            note(field, text.unicodeScalars.count > length.upperBound ? "too_long" : "too_short")
            return nil
        }
        return text
    }

    private mutating func required<Value: RawRepresentable<String>>(_ field: String, _ type: Value.Type) -> Value? {
        guard members[field] != nil else {
            note(field, "missing")
            return nil
        }
        return choice(field, type)
    }

    private mutating func choice<Value: RawRepresentable<String>>(_ field: String, _ type: Value.Type) -> Value? {
        guard case .string(let text)? = members[field] else {
            note(field, "wrong_type")
            return nil
        }
        guard let value = Value(rawValue: text) else {
            note(field, "unknown_value")
            return nil
        }
        return value
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
    }
}
