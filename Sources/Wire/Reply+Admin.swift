/// What replies to administrators' jobs list (contract, section 3).
extension Reply {
    /// A site option and where its value is from.
    public struct OptionState: Sendable, Codable, Equatable {
        /// The value that holds.
        public var value: String
        /// `store` or `default`.
        public var source: String

        package init(value: String, source: String) {
            self.value = value
            self.source = source
        }
    }

    /// What a change of options does to people.
    public struct Effect: Sendable, Codable, Equatable {
        /// People without any way: none of their registered methods would be enabled, or nothing at all for those who
        /// have none yet.
        public var usersWithoutMethod: Int
        /// Those of them who must use the second factor somewhere.
        public var requiredWithoutMethod: Int
        /// People who must use it now and need not before.
        public var usersNewlyRequired: Int

        enum CodingKeys: String, CodingKey {
            case usersWithoutMethod = "users_without_method"
            case requiredWithoutMethod = "required_without_method"
            case usersNewlyRequired = "users_newly_required"
        }

        package init(usersWithoutMethod: Int, requiredWithoutMethod: Int, usersNewlyRequired: Int) {
            self.usersWithoutMethod = usersWithoutMethod
            self.requiredWithoutMethod = requiredWithoutMethod
            self.usersNewlyRequired = usersNewlyRequired
        }
    }

    /// A person's security profile.
    public struct Profile: Sendable, Codable, Equatable {
        /// The site's own id of the person.
        public var user: String
        /// `false` for somebody never seen.
        public var known: Bool
        /// The second factor is asked for.
        public var required: Bool
        /// Until when nothing need be registered yet.
        public var graceUntil: String?
        /// The masked number.
        public var phone: String?
        /// When the phone was registered.
        public var phoneRegisteredAt: String?
        /// An authenticator is registered.
        public var authenticator: Bool
        /// When the authenticator was registered.
        public var authenticatorRegisteredAt: String?
        /// When a code of the person's was last right.
        public var lastApprovedAt: String?
        /// Wrong codes are not taken before this.
        public var lockedUntil: String?
        /// A one-time ticket was handed out and is good until then.
        public var ticketUntil: String?
        /// A one-use code was handed out and is good until then.
        public var bypassUntil: String?

        enum CodingKeys: String, CodingKey {
            case user, known, required, phone, authenticator
            case graceUntil = "grace_until"
            case phoneRegisteredAt = "phone_registered_at"
            case authenticatorRegisteredAt = "authenticator_registered_at"
            case lastApprovedAt = "last_approved_at"
            case lockedUntil = "locked_until"
            case ticketUntil = "ticket_until"
            case bypassUntil = "bypass_until"
        }

        package init(user: String, known: Bool, required: Bool, authenticator: Bool) {
            self.user = user
            self.known = known
            self.required = required
            self.authenticator = authenticator
        }
    }

    /// An entry of the audit trail.
    public struct TrailEntry: Sendable, Codable, Equatable {
        /// Its number: a page's end.
        public var id: Int64
        /// When it was done.
        public var at: String
        /// Who, by their own word.
        public var administrator: String
        /// The broker user that published it; empty where the broker told none.
        public var frontEnd: String
        /// The job's message id.
        public var job: String?
        /// The job's routing key.
        public var key: String
        /// Whom it concerned.
        public var user: String?
        /// The person's former name, where they were renamed.
        public var formerUser: String?
        /// What came of it.
        public var outcome: Outcome
        /// The stable code of the cause.
        public var reason: Reason?
        /// What was done and why, as sorted JSON.
        public var detail: String

        enum CodingKeys: String, CodingKey {
            case id, at, job, key, user, outcome, reason, detail
            case administrator = "operator"
            case frontEnd = "front_end"
            case formerUser = "former_user"
        }

        package init(
            id: Int64, at: String, administrator: String, frontEnd: String, job: String?, key: String,
            user: String?, formerUser: String?, outcome: Outcome, reason: Reason?, detail: String
        ) {
            self.id = id
            self.at = at
            self.administrator = administrator
            self.frontEnd = frontEnd
            self.job = job
            self.key = key
            self.user = user
            self.formerUser = formerUser
            self.outcome = outcome
            self.reason = reason
            self.detail = detail
        }
    }

    /// What became of a message that a code was sent by, as Twilio's list of sends tells it.
    public struct Delivery: Sendable, Codable, Equatable {
        /// How far it came; accepted is never called delivered.
        public enum Status: String, Sendable, Codable, CaseIterable {
            /// Twilio took it.
            case accepted
            /// It was handed to the carrier.
            case sent
            /// The carrier, or the code that was entered, says that it arrived.
            case delivered
            /// It did not arrive.
            case undelivered
            /// Twilio does not tell.
            case unknown
        }

        /// How it travelled.
        public var channel: Method? { fields.channel }
        /// The masked number.
        public var to: String? { fields.to }
        /// How far it came.
        public var status: Status { fields.status }
        /// Twilio's error code, where there is one.
        public var errorCode: Int? { fields.errorCode }
        /// What to do about it.
        public var advice: String? { fields.advice }
        /// As of when that is so.
        public var at: String { fields.at }

        private struct Fields: Sendable, Codable, Equatable {
            var channel: Method?
            var to: String?
            var status: Status
            var errorCode: Int?
            var advice: String?
            var at: String

            enum CodingKeys: String, CodingKey {
                case channel, to, status, advice, at
                case errorCode = "error_code"
            }
        }

        /// Every reply has room for one, and hardly any has one: it lies apart.
        private indirect enum Box: Sendable, Equatable {
            case apart(Fields)
        }

        private let box: Box

        private var fields: Fields {
            switch box {
            case .apart(let fields): fields
            }
        }

        /// As in a reply's body.
        public init(from decoder: any Decoder) throws { box = .apart(try Fields(from: decoder)) }

        /// As in a reply's body.
        public func encode(to encoder: any Encoder) throws { try fields.encode(to: encoder) }

        package init(
            channel: Method?, to: String?, status: Status, errorCode: Int? = nil, advice: String? = nil, at: String
        ) {
            box = .apart(
                Fields(channel: channel, to: to, status: status, errorCode: errorCode, advice: advice, at: at))
        }
    }

    /// A limit of a person as it stands, for `admin.explain`.
    public struct LimitState: Sendable, Codable, Equatable {
        /// The configuration key without `limits.`.
        public var name: String
        /// What is counted within its window, up to the limit.
        public var used: Int
        /// The limit.
        public var allowed: Int
        /// When there is room again; absent while there is.
        public var retryAt: String?

        enum CodingKeys: String, CodingKey {
            case name, used, allowed
            case retryAt = "retry_at"
        }

        package init(name: String, used: Int, allowed: Int, retryAt: String?) {
            self.name = name
            self.used = used
            self.allowed = allowed
            self.retryAt = retryAt
        }
    }

    /// A dead letter as it is listed; its body, codes blanked and numbers gone, only when it is shown.
    public struct Letter: Sendable, Codable, Equatable {
        /// Its number, by which operators name it.
        public var id: Int64
        /// Why it was put aside.
        public var reason: DeadLetterReason
        /// Whether it waits, is on its way again, or is done with.
        public var state: DeadLetterState
        /// The routing key that it came with.
        public var key: String
        /// The broker user that published it; empty where the broker told none.
        public var frontEnd: String
        /// The message id that it came with, whatever it is.
        public var job: String?
        /// When it was put aside.
        public var at: String
        /// How often it was put through again.
        public var replays: Int
        /// The body, codes blanked and numbers gone; only where it was asked for.
        public var body: String?
        /// The body is longer than a reply may be: this is its beginning.
        public var cut: Bool?

        enum CodingKeys: String, CodingKey {
            case id, reason, state, key, job, at, replays, body, cut
            case frontEnd = "front_end"
        }

        package init(
            id: Int64, reason: DeadLetterReason, state: DeadLetterState, key: String, frontEnd: String, job: String?,
            at: String, replays: Int, body: String? = nil
        ) {
            self.id = id
            self.reason = reason
            self.state = state
            self.key = key
            self.frontEnd = frontEnd
            self.job = job
            self.at = at
            self.replays = replays
            self.body = body
        }
    }
}
