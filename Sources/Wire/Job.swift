/// A job that was read and found well formed.
public struct Job: Sendable {
    /// What every login job carries.
    public struct Login: Sendable, Hashable {
        /// The site's own id of the person.
        public var user: String
        /// Where the person signs in.
        public var application: Application
        /// One sign-in; `""` is the one shared by all jobs that name none.
        public var login: String
        /// The end user's address or device, opaque, for limits; `nil` where the front end tells none.
        public var client: String?
        /// BCP 47, the language that the person reads; `nil` for none.
        public var locale: String?

        /// A sign-in; `login` has 8 to 64 characters, made new for each, or is empty.
        public init(
            user: String, application: Application = .web, login: String = "", client: String? = nil,
            locale: String? = nil
        ) {
            self.user = user
            self.application = application
            self.login = login
            self.client = client
            self.locale = locale
        }
    }

    /// Which job it is.
    public var kind: JobKind
    /// For whom, in which sign-in; empty names for an administrator's job.
    public var login: Login
    /// What it asks for.
    public var request: Request

    package init(kind: JobKind, login: Login, request: Request) {
        self.kind = kind
        self.login = login
        self.request = request
    }
}

/// One thing that is wrong with a job.
public struct FieldProblem: Sendable, Hashable, Codable {
    /// The body's field, or the property's name; `""` for the whole body.
    public var field: String
    /// One of the contract's words: `missing`, `wrong_type`, `too_long`.
    public var reason: String

    /// A field and what is wrong with it.
    public init(_ field: String, _ reason: String) {
        self.field = field
        self.reason = reason
    }

    /// What a person typed is wrong, not what a program did: a field that is missing or of a wrong type nobody types.
    public var isMistyped: Bool {
        ["phone", "region", "code"].contains(field) && !["missing", "wrong_type"].contains(reason)
    }
}
