/// A job that was read and found well formed.
public struct Job: Sendable {
    /// What every login job carries.
    public struct Login: Sendable, Hashable {
        /// The site's own id of the person.
        public var user: String
        public var application: Application
        /// One sign-in; `""` is the one shared by all jobs that name none.
        public var login: String
        public var client: String?
        public var locale: String?

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

    public var kind: JobKind
    public var login: Login
    public var request: Request

    public init(kind: JobKind, login: Login, request: Request) {
        self.kind = kind
        self.login = login
        self.request = request
    }
}

/// One thing that is wrong with a job.
public struct FieldProblem: Sendable, Hashable, Codable {
    /// The body's field, or the property's name; `""` for the whole body.
    public var field: String
    /// `missing`, `wrong_type`, `too_long`, …
    public var reason: String

    public init(_ field: String, _ reason: String) {
        self.field = field
        self.reason = reason
    }

    /// What a person typed is wrong, not what a program did: a field that is missing or of a wrong type nobody types.
    public var isMistyped: Bool {
        ["phone", "region", "code"].contains(field) && !["missing", "wrong_type"].contains(reason)
    }
}
