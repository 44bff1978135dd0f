import Basics
import Store
import TwilioVerify
import Wire

/// What a look at Twilio's list of sends has come to.
///
/// Kept apart from the rules of all other jobs.
indirect enum DeliveryFinding: Sendable {
    /// The job is known, or too late: there is no answer that needs it.
    case notLookedAt
    /// The person has no send of this id.
    case noSend
    /// All that the site may ask for now was asked for.
    case noRoom
    /// Twilio did not tell.
    case failed(CallFailure)
    case found(Reply.Delivery)
}

/// What became of the message that a code was sent by.
extension AdminRules {
    /// How long a person who asks waits for the next room for such a look.
    private static let pause: Duration = .seconds(60)

    /// The message id of the send that the job asks about; `nil` for any other job.
    var sendJob: String? {
        guard case .userDelivery(let job) = request.action else { return nil }
        return job
    }

    func delivered(_ situation: Situation) -> Answer {
        var detail: [String: String] = [:]
        if case .userDelivery(let job) = request.action { detail["job"] = job }
        switch delivery {
        case .noSend: return refused([FieldProblem("job", "unknown_job")], situation)
        case .noRoom:
            return audited(.throttled, situation, detail: detail) {
                $0.limit = .site
                $0.retryAt = (situation.now + Self.pause).description
            }
        case .failed(let failure):
            let reason: Reason = failure.effect == .refused ? .providerRefused : .providerUnreachable
            return audited(.unavailable, reason: reason, situation, detail: detail).because(failure)
        case .notLookedAt: return audited(.unavailable, reason: .providerUnreachable, situation, detail: detail)
        case .found(let delivery):
            detail["status"] = delivery.status.rawValue
            return audited(.done, situation, detail: detail) { $0.delivery = delivery }
        }
    }
}

extension Pipeline {
    /// Looks at Twilio what became of a send; reading changes nothing there, so it needs neither intent nor lease.
    func delivery(of job: String, to user: String) async throws(StoreError) -> DeliveryFinding {
        var query = HistoryQuery()
        (query.user, query.messageID) = (user, job)
        let sends = try await store.history(query).filter { $0.kind.lane == .send }
        guard let send = sends.first else { return .noSend }
        // Of one that was refused, or whose answer was lost, there is nothing to look for.
        guard let sid = send.sid else { return .found(send.delivery(.unknown, at: send.at)) }
        guard try await store.takeRead(.attempts, limits: settings.attemptLimits) else { return .noRoom }
        do throws(CallFailure) {
            let attempts = try await reconciler.twilio.attempts(verificationSID: sid, to: nil, createdAfter: nil)
            return .found(send.delivery(attempts))
        } catch {
            return .failed(error)
        }
    }
}

extension HistoryEntry {
    /// By the latest attempt that was made not later than this send was recorded: a code may go out several times.
    func delivery(_ attempts: [Attempt]) -> Reply.Delivery {
        let own = attempts.filter { $0.verificationSID == sid }.compactMap { attempt in
            attempt.createdAt.map { (at: $0 + (attempt.clockOffset ?? .zero), attempt: attempt) }
        }.sorted { $0.at < $1.at }
        // Twilio tells whole seconds, and of clocks that differ by as much.
        let latest = own.last { $0.at <= at + .seconds(1) } ?? own.first
        guard let (made, attempt) = latest.map({ ($0.at, $0.attempt) }) else { return delivery(.unknown, at: at) }
        let seen = attempt.updatedAt.map { $0 + (attempt.clockOffset ?? .zero) } ?? made
        return delivery(attempt.reached, at: seen, errorCode: attempt.errorCode)
    }

    func delivery(_ status: Reply.Delivery.Status, at: Timestamp, errorCode: Int? = nil) -> Reply.Delivery {
        let catalogue = errorCode.flatMap { ErrorCatalog.advice(onCode: $0) }.flatMap { $0.isEmpty ? nil : $0 }
        return Reply.Delivery(
            channel: channel, to: masked, status: status, errorCode: errorCode, advice: catalogue ?? status.advice,
            at: at.description)
    }
}

extension Attempt {
    /// How far it came.
    ///
    /// A code that was entered rightly arrived, whatever the carrier said.
    var reached: Reply.Delivery.Status {
        if converted { return .delivered }
        return switch status {
        case "queued", "scheduled", "accepted", "sending", "ringing", "in-progress": .accepted
        case "sent": .sent
        case "delivered", "read", "completed": .delivered
        case "undelivered", "failed", "busy", "no-answer", "canceled": .undelivered
        // Twilio's list is not closed.
        default: .unknown
        }
    }
}

extension Reply.Delivery.Status {
    /// What a help desk does about it, where Twilio names no cause.
    fileprivate var advice: String {
        switch self {
        case .accepted: "Twilio took it; the carrier has not said anything yet. Ask again in a minute."
        case .sent: "The carrier has it. Ask for the phone's reception; offer another method."
        case .delivered: "It arrived at the phone. Have the person look for blocked or filtered messages."
        case .undelivered: "It did not arrive. Offer another method."
        case .unknown: "Twilio does not tell. Offer another method."
        }
    }
}
