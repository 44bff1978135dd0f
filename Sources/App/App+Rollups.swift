public import Basics
public import Store
import TwilioVerify

/// What the store has counted, read without a job.
extension App {
    /// Numbers of these series, the newest first.
    ///
    /// - Parameters:
    ///   - since: spans that begin then or later, and the one that it lies in.
    ///   - until: spans that begin before.
    public func rollups(_ series: [RollupSeries], since: Timestamp, until: Timestamp) async throws -> RollupPage {
        let query = RollupQuery(series, since: since, until: until)
        return try await looking { store in try await store.rollups(query) }
    }

    /// How the queues stood hour by hour, the oldest first.
    public func queueHours(since: Timestamp, until: Timestamp) async throws -> [QueueHour] {
        try await looking { store in try await store.queueHours(since: since, until: until) }
    }

    /// Dead letters by what they have in common, the latest first.
    public func letterGroups() async throws -> [LetterGroup] {
        try await looking { store in try await store.letterGroups(limit: 1000) }.sorted { $0.last > $1.last }
    }

    /// How long a code lives: one that was sent later than that ago may still be entered.
    public func codeLife() throws -> Duration { .seconds(try settings.number("twilio.code_minutes") * 60) }
}

extension App {
    /// What the operator should do about an error code of Twilio's; `nil` for nothing.
    public static func advice(onTwilioCode code: Int) -> String? {
        ErrorCatalog.advice(onCode: code).flatMap { $0.isEmpty ? nil : $0 }
    }
}
