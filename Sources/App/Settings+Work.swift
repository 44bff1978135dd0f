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
        settings.limits.cooldownSeconds = try seconds("limits.cooldown_seconds")
        settings.limits.sendsPerCode = try number("limits.sends_per_code")
        settings.limits.checksPerCode = try number("limits.checks_per_code")
        settings.codeMinutes = try positive("twilio.code_minutes")
        settings.replyPrefixes = list("reply.prefixes")
        settings.readLimits = try limits([
            ("twilio.reads_per_minute", .seconds(60)), ("twilio.reads_per_hour", .seconds(3600)),
            ("twilio.reads_per_day", .seconds(86400)),
        ])
        settings.attemptLimits = try limits([("twilio.attempts_per_minute", .seconds(60))])
        return settings
    }

    func worker() throws(ConfigProblem) -> WorkerSettings {
        var settings = WorkerSettings()
        for lane in LaneName.allCases { settings.slots[lane] = try positive("worker.\(lane.rawValue)_slots") }
        settings.drain = .seconds(try number("worker.drain_seconds"))
        return settings
    }

    private func positive(_ name: String) throws(ConfigProblem) -> Int {
        let value = try number(name)
        guard value > 0 else { throw ConfigProblem("\(name) must be 1 or more") }
        return value
    }

    private func seconds(_ name: String) throws(ConfigProblem) -> [Int] {
        var result: [Int] = []
        for text in list(name) {
            guard let seconds = Int(text), (0...86400).contains(seconds) else {
                throw ConfigProblem("\(name) must be seconds, comma-separated, each from 0 to 86400")
            }
            result.append(seconds)
        }
        return result
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
}
