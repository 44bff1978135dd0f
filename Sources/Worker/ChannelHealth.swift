import Basics
import Pipeline
import Wire

/// How the channels are doing, by what this worker's own calls have shown.
///
/// Pure: it is told the time.
///
/// A channel is *down* when most of its latest calls failed by a fault of Twilio's, *slow* when half of those that were
/// answered took long; both only by a number of calls that says something. It is down, too, while its calls are cut off.
/// Without calls it is fine until proven otherwise.
struct ChannelHealth: Sendable {
    /// Calls older than this tell nothing of now.
    static let window: Duration = .seconds(60)
    static let fewestCalls = 5
    static let slowness: Duration = .seconds(5)
    /// Twilio's blocks last up to 12 hours.
    static let blockLife: Duration = .seconds(12 * 3600)
    /// More calls than this within the window tell no more.
    static let mostCalls = 500

    private struct Call {
        var at: MonotonicTime
        var isFaulty: Bool
        var isSlow: Bool
    }

    private struct Channel {
        var calls: [Call] = []
        var faulty = 0
        var slow = 0
        var isOff = false
        /// Then somebody must try again, so that it is not down for ever because it is down.
        var cutUntil: MonotonicTime?
        var blocked: [String: MonotonicTime] = [:]
        var state = ChannelStatus.State.ok
        var since: Timestamp

        var observed: ChannelStatus.State {
            if isOff { return .off }
            if cutUntil != nil { return .down }
            let answered = calls.count - faulty
            if calls.count >= ChannelHealth.fewestCalls, faulty * 2 > calls.count { return .down }
            return answered >= ChannelHealth.fewestCalls && slow * 2 >= answered ? .slow : .ok
        }

        mutating func add(_ call: Call) {
            calls.append(call)
            faulty += call.isFaulty ? 1 : 0
            slow += call.isSlow ? 1 : 0
        }

        mutating func forgetAll() { (calls, faulty, slow) = ([], 0, 0) }

        mutating func forget(at now: MonotonicTime) {
            if let cut = cutUntil, now >= cut { cutUntil = nil }
            let old = max(
                calls.prefix { now - $0.at > ChannelHealth.window }.count, calls.count - ChannelHealth.mostCalls)
            for call in calls.prefix(old) {
                faulty -= call.isFaulty ? 1 : 0
                slow -= call.isSlow ? 1 : 0
            }
            calls.removeFirst(old)
            if !blocked.isEmpty { blocked = blocked.filter { now - $0.value <= ChannelHealth.blockLife } }
        }
    }

    private var channels: [Wire.Method: Channel]

    init(at now: Timestamp) {
        channels = Dictionary(uniqueKeysWithValues: Wire.Method.allCases.map { ($0, Channel(since: now)) })
    }

    /// Takes a call into account.
    /// - Returns: whether the status is another than before.
    mutating func observe(_ call: ObservedCall, at now: MonotonicTime, wall: Timestamp) -> Bool {
        guard var channel = channels[call.channel] else { return false }
        let before = Set(channel.blocked.keys)
        channel.add(
            Call(
                at: now, isFaulty: call.result == .faulty,
                isSlow: call.result != .faulty && call.duration >= Self.slowness))
        if let country = call.country {
            switch call.result {
            case .blocked: channel.blocked[country] = now
            // It is open again: somebody there was served.
            case .answered: channel.blocked[country] = nil
            case .faulty: break
            }
        }
        let isChanged = Set(channel.blocked.keys) != before
        channels[call.channel] = channel
        return look(at: now, wall: wall) || isChanged
    }

    /// Notes until when a channel's calls are cut off; `nil`: one succeeded, so what failed before says nothing of now.
    /// - Returns: whether the status is another than before.
    mutating func cut(_ method: Wire.Method, until: MonotonicTime?, at now: MonotonicTime, wall: Timestamp) -> Bool {
        channels[method]?.cutUntil = until
        if until == nil { channels[method]?.forgetAll() }
        return look(at: now, wall: wall)
    }

    /// Notes what the site's options switch off.
    mutating func switchOff(_ methods: Set<Wire.Method>) {
        for method in channels.keys { channels[method]?.isOff = methods.contains(method) }
    }

    /// Lets time pass.
    /// - Returns: whether the status is another than before.
    mutating func look(at now: MonotonicTime, wall: Timestamp) -> Bool {
        var isChanged = false
        for (method, var channel) in channels {
            let before = channel.blocked.count
            channel.forget(at: now)
            if channel.blocked.count != before { isChanged = true }
            if channel.observed != channel.state {
                channel.state = channel.observed
                channel.since = wall
                isChanged = true
            }
            channels[method] = channel
        }
        return isChanged
    }

    func status(at wall: Timestamp) -> ChannelStatus {
        ChannelStatus(
            at: wall,
            channels: channels.mapValues {
                .init(state: $0.state, since: $0.since, countriesBlocked: $0.blocked.keys.sorted())
            })
    }
}
