/// A job's body as a front end writes it: what is `nil` is left out.
public struct JobBody: Sendable, Equatable {
    /// What the body holds, by field.
    public private(set) var members: [String: JSONValue] = [:]

    /// An empty body.
    public init() {}

    /// The fields that every login job carries.
    public init(_ login: Job.Login) {
        self["user"] = .string(login.user)
        self["application"] = .string(login.application.rawValue)
        self["login"] = login.login.isEmpty ? nil : .string(login.login)
        self["client"] = login.client.map { .string($0) }
        self["locale"] = login.locale.map { .string($0) }
    }

    /// A field's value; `nil` takes the field out.
    public subscript(name: String) -> JSONValue? {
        get { members[name] }
        set { members[name] = newValue }
    }

    /// Keys sorted: the same fields are the same bytes, as a repeat under one message id must be.
    public func encoded() -> [UInt8] { JSONValue.object(members).encoded() }
}
