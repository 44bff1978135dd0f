import Basics

/// A text or call that was delivered, as the person at the phone sees it.
struct Delivered: Sendable {
    var at: Timestamp
    var to: String
    var channel: String
    var code: String
    var verificationSID: String
}

/// The rules of Twilio Verify: verifications, checks, attempts, limits, expiry. No I/O; time and chance come from outside.
///
/// Source: Twilio's pages on Verifications, Verification Check, Rate Limits and Timeouts.
struct SimulatedTwilio: Sendable {
    /// Sends and wrong checks of one verification.
    static let mostSends = 5
    static let mostChecks = 5

    struct Attempt: Sendable {
        var sid: String
        var at: Timestamp
        var channel: String
    }

    enum Status: String, Sendable { case pending, approved, canceled, expired, exhausted = "max_attempts_reached" }

    struct Verification: Sendable {
        var sid: String
        var to: String
        var channel: String
        var code: String
        var status = Status.pending
        var created: Timestamp
        var updated: Timestamp
        var attempts: [Attempt] = []
        var wrongChecks = 0
    }

    struct Refusal: Error, Equatable {
        var status: Int
        var code: Int
        var message: String
        var retryAfter: Int?

        static func notFound(_ path: String) -> Refusal {
            Refusal(status: 404, code: 20404, message: "The requested resource \(path) was not found")
        }
    }

    let lifetime: Duration
    let codeLength: Int
    private(set) var verifications: [String: Verification] = [:]
    /// The latest verification of a number.
    private(set) var latest: [String: String] = [:]
    private(set) var outbox: [Delivered] = []
    private(set) var sends = 0
    private(set) var checks = 0

    init(lifetime: Duration, codeLength: Int) {
        self.lifetime = lifetime
        self.codeLength = codeLength
    }

    // MARK: Verifications

    mutating func start(
        to: String, channel: String, now: Timestamp, generator: inout some RandomNumberGenerator
    ) throws(Refusal) -> Verification {
        guard E164(to) != nil else { throw Refusal(status: 400, code: 60200, message: "Invalid parameter `To`") }
        guard channel == "sms" || channel == "call" else {
            throw Refusal(status: 400, code: 60200, message: "Invalid parameter `Channel`")
        }
        if let scripted = ScriptedNumber.refusal(to) { throw scripted }
        var verification =
            live(to, now) ?? new(to: to, channel: channel, now: now, generator: &generator)
        if verification.status == .exhausted {
            throw Refusal(status: 429, code: 60202, message: "Max check attempts reached")
        }
        guard verification.attempts.count < Self.mostSends else {
            throw Refusal(status: 429, code: 60203, message: "Max send attempts reached")
        }
        verification.channel = channel
        verification.updated = now
        verification.attempts.append(Attempt(sid: "VL" + RandomID.hex(bytes: 16), at: now, channel: channel))
        save(verification)
        sends += 1
        outbox.append(
            Delivered(
                at: now, to: to, channel: channel, code: verification.code, verificationSID: verification.sid))
        return verification
    }

    mutating func check(
        sid: String?, to: String?, code: String, now: Timestamp, path: String
    ) throws(Refusal) -> Verification {
        guard sid != nil || to != nil else {
            throw Refusal(status: 400, code: 60221, message: "Either To or VerificationSid is required")
        }
        guard (4...10).contains(code.utf8.count) else {
            throw Refusal(status: 400, code: 60200, message: "Invalid parameter: Code")
        }
        guard let key = sid ?? to.flatMap({ latest[$0] }), var verification = current(key, now) else {
            throw .notFound(path)
        }
        if verification.status == .exhausted {
            throw Refusal(status: 429, code: 60202, message: "Max check attempts reached")
        }
        guard verification.status == .pending else { throw .notFound(path) }
        checks += 1
        verification.updated = now
        if verification.code == code {
            verification.status = .approved
        } else {
            verification.wrongChecks += 1
            if verification.wrongChecks >= Self.mostChecks { verification.status = .exhausted }
        }
        save(verification)
        // A wrong answer says pending, also the fifth; only the next check is refused.
        if verification.status == .exhausted { verification.status = .pending }
        return verification
    }

    /// By SID or number. Approved and expired ones are gone; a canceled one can still be looked at.
    func fetch(_ key: String, now: Timestamp, path: String) throws(Refusal) -> Verification {
        let sid = key.hasPrefix("VE") ? key : latest[key]
        guard let sid, let verification = current(sid, now), verification.status != .approved,
            verification.status != .expired
        else { throw .notFound(path) }
        return verification
    }

    mutating func update(_ key: String, status: String, now: Timestamp, path: String) throws(Refusal) -> Verification {
        guard let status = Status(rawValue: status), status == .canceled || status == .approved else {
            throw Refusal(status: 400, code: 60200, message: "Invalid parameter `Status`")
        }
        var verification = try fetch(key, now: now, path: path)
        guard verification.status == .pending else { throw .notFound(path) }
        verification.status = status
        verification.updated = now
        save(verification)
        return verification
    }

    // MARK: Attempts

    /// Newest first; only the last send of an approved verification converted.
    func attempts(to: String?, verification sid: String?, after: Timestamp?) -> [(Attempt, Verification, Bool)] {
        verifications.values
            .filter { (to == nil || $0.to == to) && (sid == nil || $0.sid == sid) }
            .flatMap { verification in
                verification.attempts.enumerated().map { index, attempt in
                    let isLast = index == verification.attempts.count - 1
                    return (attempt, verification, isLast && verification.status == .approved)
                }
            }
            .filter { entry in after.map { entry.0.at >= $0 } ?? true }
            .sorted { ($0.0.at, $0.0.sid) > ($1.0.at, $1.0.sid) }
    }

    // MARK: State

    private func current(_ sid: String, _ now: Timestamp) -> Verification? {
        guard var verification = verifications[sid] else { return nil }
        let isOpen = verification.status == .pending || verification.status == .exhausted
        if isOpen, now - verification.created >= lifetime { verification.status = .expired }
        return verification
    }

    private func live(_ to: String, _ now: Timestamp) -> Verification? {
        guard let sid = latest[to], let verification = current(sid, now),
            verification.status == .pending || verification.status == .exhausted
        else { return nil }
        return verification
    }

    private func new(
        to: String, channel: String, now: Timestamp, generator: inout some RandomNumberGenerator
    ) -> Verification {
        let digits = (0..<codeLength).map { _ in String(Int.random(in: 0...9, using: &generator)) }
        return Verification(
            sid: "VE" + RandomID.hex(bytes: 16), to: to, channel: channel, code: digits.joined(), created: now,
            updated: now)
    }

    private mutating func save(_ verification: Verification) {
        verifications[verification.sid] = verification
        latest[verification.to] = verification.sid
    }
}
