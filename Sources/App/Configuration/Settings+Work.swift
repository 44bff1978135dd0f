import Basics
import Pipeline
import SitePolicy
import Store
import Wire
import Worker

extension Settings {
    func pipeline() throws(ConfigProblem) -> PipelineSettings {
        var settings = PipelineSettings()
        settings.limits.enabled = try flag("limits.enabled")
        settings.limits.cooldownSeconds = try numbers("limits.cooldown_seconds")
        settings.limits.sendsPerCode = try number("limits.sends_per_code")
        settings.limits.checksPerCode = try number("limits.checks_per_code")
        settings.codeMinutes = try number("twilio.code_minutes")
        settings.replyPrefixes = try words("reply.prefixes")
        settings.readLimits = try limits([
            ("twilio.reads_per_minute", .seconds(60)), ("twilio.reads_per_hour", .seconds(3600)),
            ("twilio.reads_per_day", .seconds(86400)),
        ])
        settings.attemptLimits = try limits([("twilio.attempts_per_minute", .seconds(60))])
        return settings
    }

    func worker() throws(ConfigProblem) -> WorkerSettings {
        var settings = WorkerSettings()
        for lane in LaneName.allCases { settings.slots[lane] = try number("worker.\(lane.rawValue)_slots") }
        settings.drain = .seconds(try number("worker.drain_seconds"))
        return settings
    }

    /// 0 is no limit.
    private func limits(_ keys: [(String, Duration)]) throws(ConfigProblem) -> [ReadLimit] {
        var result: [ReadLimit] = []
        for (name, window) in keys {
            let count = try number(name)
            if count > 0 { result.append(ReadLimit(count: count, per: window)) }
        }
        return result
    }

    /// - Throws: ``ConfigProblem`` with everything that a worker lacks.
    public func requireWorkable() throws(ConfigProblem) {
        let found = workProblems()
        guard found.isEmpty else { throw ConfigProblem(found) }
    }

    /// Everything that `work` would find wrong before it asks the store or the broker.
    public func workProblems() -> [String] {
        var found = problems
        func note(_ body: () throws(ConfigProblem) -> Void) {
            do { try body() } catch { found += error.problems.filter { !found.contains($0) } }
        }
        note { () throws(ConfigProblem) in _ = try isOpenToAnybody() }
        note { () throws(ConfigProblem) in _ = try broker(name: "check") }
        note { () throws(ConfigProblem) in _ = try store() }
        note { () throws(ConfigProblem) in _ = try account() }
        return found + unreadableFiles
    }

    /// The store's key file is the store's affair.
    private var unreadableFiles: [String] {
        entries.compactMap { entry in
            guard entry.key.kind == .path, entry.key.name != "store.key_file", let path = text(entry.key.name),
                FileFacts(path: path)?.isReadable != true
            else { return nil }
            return "\(entry.key.name) names \(path), which is missing or cannot be read (\(entry.place))"
        }
    }
}
