package import Basics
import Wire

/// A recorded outcome as the roll-ups see it: what a store's records tell of it.
///
/// The record itself is what is counted, so that counting costs a job nothing: a store goes through the records behind it, many at
/// a time, and whoever reads the numbers adds the few that it has not come to yet.
package struct CountedOutcome: Sendable {
    /// When it was recorded.
    package var at: Timestamp
    /// From when its job was received.
    package var took: Duration
    package var job: String
    package var frontEnd: String
    package var application: String
    package var channel: String?
    package var country: String?
    package var outcome: String
    package var reason: String?
    /// ``CodeEvents/packed``.
    package var events: String?
    /// As ``ProviderCall`` packs them.
    package var calls: String?

    package init(
        at: Timestamp, took: Duration, job: String, frontEnd: String, application: String, channel: String?,
        country: String?, outcome: String, reason: String?, events: String?, calls: String?
    ) {
        (self.at, self.took) = (at, took)
        (self.job, self.frontEnd, self.application) = (job, frontEnd, application)
        (self.channel, self.country) = (channel, country)
        (self.outcome, self.reason) = (outcome, reason)
        (self.events, self.calls) = (events, calls)
    }

    /// The numbers that it counts in.
    package var keys: [RollupKey] {
        let minute = RollupSeries.trafficByMinute
        var keys = [
            RollupKey(minute, at: at, job, outcome, String(minute.bucket(of: took))),
            RollupKey(.trafficByHour, at: at, frontEnd, application, job, channel, country, outcome, reason),
        ]
        if let events = events.flatMap(CodeEvents.init(packed:)) {
            for event in events.events { keys.append(Self.key(events.cohort, event, at: at)) }
        }
        if let calls {
            for call in ProviderCall.unpack(calls) { keys.append(Self.key(call)) }
        }
        return keys
    }

    private static func key(_ cohort: CodeCohort, _ event: CodeEvent, at time: Timestamp) -> RollupKey {
        let series = RollupSeries.codesByHour
        let bucket = event == .approved ? String(series.bucket(of: time - cohort.sentAt)) : nil
        return RollupKey(
            series, at: cohort.sentAt, cohort.purpose.rawValue, cohort.application.rawValue, cohort.channel.rawValue,
            cohort.country, event.rawValue, bucket)
    }

    private static func key(_ call: ProviderCall) -> RollupKey {
        let series = RollupSeries.callsByMinute
        return RollupKey(
            series, at: call.at, call.operation, call.result, call.code.map(String.init),
            String(series.bucket(of: .milliseconds(call.milliseconds))))
    }
}
