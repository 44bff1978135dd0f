public import SitePolicy
public import Store

/// What of the configuration bears on how jobs are decided.
public struct PipelineSettings: Sendable {
    public var limits = LimitSettings()
    /// Life of a code as set at Twilio, in minutes.
    public var codeMinutes = 10
    /// What reply addresses may begin with.
    public var replyPrefixes = ["verify.reply."]
    /// Reads of verifications for reconciling, over all workers.
    public var readLimits: [ReadLimit] = [
        ReadLimit(count: 60, per: .seconds(60)), ReadLimit(count: 180, per: .seconds(3600)),
        ReadLimit(count: 250, per: .seconds(86400)),
    ]
    /// Reads of the list of attempts, likewise.
    public var attemptLimits: [ReadLimit] = [ReadLimit(count: 100, per: .seconds(60))]

    public init() {}
}
