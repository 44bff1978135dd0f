public import SitePolicy
public import Store
public import Wire

/// What of the configuration bears on how jobs are decided.
///
/// Handed on with every job, to whatever decides and concludes it: so it is one pointer, whose values are copied only when one
/// is changed, while a worker is set up.
@dynamicMemberLookup
public struct PipelineSettings: Sendable {
    private final class Shared: Sendable {
        let values: Values

        init(_ values: Values) { self.values = values }
    }

    private var shared = Shared(Values())

    /// As configuration has it where nothing is set.
    public init() {}

    /// One of the ``Values``.
    public subscript<Value>(dynamicMember path: WritableKeyPath<Values, Value>) -> Value {
        get { shared.values[keyPath: path] }
        set {
            var values = shared.values
            values[keyPath: path] = newValue
            shared = Shared(values)
        }
    }

    var codeLife: Duration { .seconds(shared.values.codeMinutes * 60) }
}

extension PipelineSettings {
    /// The settings themselves.
    public struct Values: Sendable {
        /// Our own limits.
        public var limits = LimitSettings()
        /// Life of a code as set at Twilio, in minutes.
        public var codeMinutes = 10
        /// What reply addresses may begin with, while front ends are not told apart.
        public var replyPrefixes = ["verify.reply."]
        /// The known front ends by broker user; empty: not told apart, everybody may publish everything.
        public var frontEnds: [String: FrontEnd] = [:]
        /// Registrations need an administrator's one-time ticket (`site.tickets`).
        public var ticketsRequired = false
        /// Reads of verifications for reconciling, over all workers.
        public var readLimits: [ReadLimit] = [
            ReadLimit(count: 60, per: .seconds(60)), ReadLimit(count: 180, per: .seconds(3600)),
            ReadLimit(count: 250, per: .seconds(86400)),
        ]
        /// Reads of the list of attempts, likewise.
        public var attemptLimits: [ReadLimit] = [ReadLimit(count: 100, per: .seconds(60))]
        /// Calls of any kind, likewise.
        public var callLimits = CallLimits(perSecond: 0, atOnce: 100)
    }
}
