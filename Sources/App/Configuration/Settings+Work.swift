import Basics
import Pipeline
import SitePolicy
import Store
import Wire
import Worker

extension Settings {
    func pipeline() throws(ConfigProblem) -> PipelineSettings {
        var settings = PipelineSettings()
        settings.limits = try limits()
        settings.frontEnds = Dictionary(
            (try frontEnds() ?? []).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        settings.ticketsRequired = text("site.tickets") == "required"
        settings.codeMinutes = try number("twilio.code_minutes")
        settings.replyPrefixes = try words("reply.prefixes")
        settings.readLimits = try readLimits([
            ("twilio.reads_per_minute", .seconds(60)), ("twilio.reads_per_hour", .seconds(3600)),
            ("twilio.reads_per_day", .seconds(86400)),
        ])
        settings.attemptLimits = try readLimits([("twilio.attempts_per_minute", .seconds(60))])
        settings.callLimits = CallLimits(
            perSecond: try number("twilio.calls_per_second"), atOnce: try number("twilio.calls_at_once"))
        return settings
    }

    private func limits() throws(ConfigProblem) -> LimitSettings {
        var limits = LimitSettings()
        limits.enabled = try flag("limits.enabled")
        limits.cooldownSeconds = try numbers("limits.cooldown_seconds")
        limits.sendsPerCode = try number("limits.sends_per_code")
        limits.sendsPerNumberHour = try number("limits.sends_per_number_hour")
        limits.sendsPerUserHour = try number("limits.sends_per_user_hour")
        limits.sendsPerClientHour = try number("limits.sends_per_client_hour")
        limits.unprovenSendsPerNumberDay = try number("limits.unproven_sends_per_number_day")
        limits.unprovenSendsPerCountryHour = try number("limits.unproven_sends_per_country_hour")
        limits.unprovenSendsPerSiteHour = try number("limits.unproven_sends_per_site_hour")
        limits.enrolmentsPerUserHour = try number("limits.enrolments_per_user_hour")
        limits.enrolmentsPerClientHour = try number("limits.enrolments_per_client_hour")
        limits.checksPerCode = try number("limits.checks_per_code")
        limits.wrongCodesPerUserClientHour = try number("limits.wrong_codes_per_user_client_hour")
        limits.wrongCodesPerUserHour = try number("limits.wrong_codes_per_user_hour")
        for channel in Channel.allCases {
            limits.countries[channel] = try countries("limits.\(channel.countries)")
        }
        return limits
    }

    func worker() throws(ConfigProblem) -> WorkerSettings {
        var settings = WorkerSettings()
        for lane in LaneName.allCases { settings.slots[lane] = try number("worker.\(lane.rawValue)_slots") }
        settings.drain = .seconds(try number("worker.drain_seconds"))
        settings.events = try flag("events.enabled")
        return settings
    }

    /// How long the store keeps what has ended.
    func retention() throws(ConfigProblem) -> Retention {
        var retention = Retention()
        retention.deadLetters = .seconds(try number("retention.dead_days") * 86_400)
        retention.audit = try days("retention.audit_days")
        retention.history = try days("retention.history_days")
        return retention
    }

    /// 0 is for ever.
    private func days(_ name: String) throws(ConfigProblem) -> Duration? {
        let days = try number(name)
        return days > 0 ? .seconds(days * 86_400) : nil
    }

    /// 0 is no limit.
    private func readLimits(_ keys: [(String, Duration)]) throws(ConfigProblem) -> [ReadLimit] {
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
