public import Basics
public import Wire

/// What became of one job, step by step, as far as the store knows.
public struct JobTimeline: Sendable, Equatable {
    /// Something that became of the job.
    public struct Event: Sendable, Equatable {
        /// When.
        public var at: Timestamp
        /// Stable, for programs: `received`, `begun`, `called`, `concluded`, `reply_confirmed`, `reply_undeliverable`.
        public var name: String
        /// In words.
        public var detail: String
        /// What was asked of Twilio, for `called`.
        public var call: ProviderCall?
        /// What operators should do about it; `nil` for nothing.
        public var advice: String?

        init(at: Timestamp, name: String, detail: String, call: ProviderCall? = nil) {
            self.at = at
            self.name = name
            self.detail = detail
            self.call = call
        }
    }

    /// Which job it is.
    public var key: JobKey
    /// What it asks for.
    public var kind: JobKind
    /// Whom it concerns.
    public var user: String
    /// At which application.
    public var application: Application
    /// In the order in which they happened.
    public var events: [Event]
    /// What it waits for; `nil` when it is over.
    public var waitsFor: String?

    /// - Parameter isAlive: whether the process of the worker that holds it lives.
    package init(_ row: JobRow, isAlive: Bool) {
        key = row.key
        kind = row.kind
        user = row.login.user
        application = row.login.application
        events = []
        if let at = row.receivedAt { events.append(Event(at: at, name: "received", detail: "")) }
        if row.begins > 0 {
            // Later turns are counted, but their times are not kept.
            let turns = row.begins > 1 ? ", begun \(row.begins) times in all" : ""
            events.append(Event(at: row.begunAt, name: "begun", detail: "by worker \(row.worker)\(turns)"))
        }
        for call in row.calls { events.append(Event(at: call.at, name: "called", detail: call.words, call: call)) }
        if let at = row.recordedAt {
            events.append(Event(at: at, name: "concluded", detail: row.outcome?.rawValue ?? ""))
        }
        if let at = row.settledAt, row.replyState != .pending {
            let isConfirmed = row.replyState == .confirmed
            events.append(
                Event(
                    at: at, name: isConfirmed ? "reply_confirmed" : "reply_undeliverable",
                    detail: isConfirmed ? "" : "nobody took the reply: it can be asked for with 'outcome'"))
        }
        waitsFor = Self.wait(row, isAlive)
    }

    private static func wait(_ row: JobRow, _ isAlive: Bool) -> String? {
        switch row.state {
        case .begun where isAlive: "worker \(row.worker), which is carrying it out"
        case .begun: "another worker to see it through: worker \(row.worker), which began it, is gone"
        case .released: "its message, to be begun again"
        case .recorded: row.replyState == .pending ? "a note that its reply was taken" : nil
        }
    }
}

extension JobTimeline {
    /// What is left of a job whose record has gone: when it came, and what came of it.
    package init(_ entry: HistoryEntry) {
        key = JobKey(frontEnd: entry.frontEnd, messageID: entry.messageID)
        kind = entry.kind
        user = entry.user
        application = entry.application
        events = [
            Event(at: entry.begunAt, name: "received", detail: ""),
            Event(at: entry.at, name: "concluded", detail: entry.outcome.rawValue),
        ]
        waitsFor = nil
    }

    /// With advice on what Twilio refused.
    ///
    /// - Parameter advice: by Twilio's error code; `nil` for nothing.
    public func advised(_ advice: (Int) -> String?) -> JobTimeline {
        var timeline = self
        for index in events.indices { timeline.events[index].advice = events[index].call?.code.flatMap(advice) }
        return timeline
    }
}

/// A call in words that can be read to somebody on the telephone; what has names for programs only stands behind it.
extension ProviderCall {
    /// What was asked, how it went and how long that took.
    public var words: String {
        let time = milliseconds < 1000 ? "\(milliseconds) ms" : "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s"
        return "\(asked): \(answer) after \(time)"
    }

    private var asked: String { Self.questions[operation] ?? "asked Twilio (\(operation))" }

    private var answer: String {
        guard result != Self.success else { return operation == Self.starting ? "Twilio took it" : "answered" }
        let why = Self.failures[result] ?? result
        return code.map { "\(why) (\($0 < 1000 ? "HTTP \($0)" : "error \($0)"))" } ?? why
    }

    private static let starting = "verification.start"
    /// By the words of the metrics; a test holds them against what can be asked.
    package static let questions = [
        starting: "asked Twilio to send a code",
        "verification.check": "had Twilio compare the code",
        "verification.read": "looked at Twilio how the code stands",
        "verification.cancel": "had Twilio end the code",
        "attempts.list": "looked at Twilio what became of the sends",
        "service": "looked at Twilio whether the service is there",
        "entity": "had Twilio remove what belonged to an authenticator",
        "factor": "asked Twilio about an authenticator",
        "challenge": "had Twilio compare an authenticator's code",
    ]
    package static let failures = [
        "client_error": "Twilio refused", "not_found": "Twilio knows no such thing",
        "unauthorized": "Twilio refused our credentials", "rate_limited": "Twilio had too many requests",
        "server_error": "Twilio failed", "timeout": "no answer in time", "network_error": "Twilio was out of reach",
        "proxy_error": "the proxy refused", "tls_error": "the certificate was refused",
        "bad_response": "the answer was not Twilio's", "withheld": "it was not sent",
    ]
}
