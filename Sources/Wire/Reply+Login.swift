/// What replies to login jobs list.
extension Reply {
    /// A method of the person, as `options` lists it.
    public struct MethodState: Sendable, Codable, Equatable {
        /// Which method.
        public var method: Method
        /// The masked number.
        public var to: String?
        /// Whether it would work now.
        public var usable: Bool
        /// Why it is not usable, where that is the site's rules or the number's.
        public var reason: Reason?
        /// Which limit makes it unusable until ``retryAt``.
        public var limit: LimitName?
        /// When a repeat is allowed, if a limit stands in the way now.
        public var retryAt: String?

        enum CodingKeys: String, CodingKey {
            case method, to, usable, reason, limit
            case retryAt = "retry_at"
        }

        package init(
            method: Method, to: String?, usable: Bool, reason: Reason? = nil, limit: LimitName? = nil,
            retryAt: String? = nil
        ) {
            self.method = method
            self.to = to
            self.usable = usable
            self.reason = reason
            self.limit = limit
            self.retryAt = retryAt
        }
    }

    /// An enrolment's QR code.
    public struct Drawing: Sendable, Codable, Equatable {
        /// `image/svg+xml` or `image/png`.
        public var type: String
        /// SVG as text, PNG as base64.
        public var data: String

        package init(type: String, data: String) {
            self.type = type
            self.data = data
        }
    }
}
