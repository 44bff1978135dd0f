public import Basics
import Store
public import TwilioVerify
public import Wire

/// Hears of every call to Twilio when it has ended.
///
/// Must be quick: the job waits. Nothing of it is done by default: whoever passes on what they hear would not notice that they
/// keep something to themselves.
public protocol CallObserver: Sendable {
    func observed(_ call: ObservedCall)
    /// No call of the channel is made until then, since nearly all failed; with `nil` calls are made again, since one
    /// succeeded.
    func isCut(_ channel: Wire.Method, until: MonotonicTime?)
    /// A call that surely did nothing is made once more.
    func repeats(_ call: RepeatedCall)
    /// The outcome of a job that made a call is on disk.
    func concluded(_ job: ConcludedJob)
}

/// A call that is made once more.
public struct RepeatedCall: Sendable, Equatable {
    /// What is called, one of ``Pipeline/calls``.
    public var call: String
    /// How the call before failed.
    public var reason: CallFailure.Result

    package init(call: String, reason: CallFailure.Result) {
        self.call = call
        self.reason = reason
    }
}

/// A job that made a call, by what its outcome tells of sends and their success.
///
/// Nothing of a person's.
public struct ConcludedJob: Sendable, Equatable {
    /// What was called last.
    public var operation: ProviderOperation
    /// What the code was sent by; `nil` for a call that is about no such code, or of which that is not known any more.
    public var channel: Wire.Channel?
    /// For a send: it was one more of a code that was under way already.
    public var isRepeat: Bool
    /// For a check: since the code was made, as far as that is known.
    public var age: Duration?
    /// ISO 3166-1 alpha-2 of the number; `nil` where there is none.
    public var country: String?
    /// How the job ended.
    public var outcome: Outcome

    init(_ intent: Intent, _ outcome: Outcome, at now: Timestamp) {
        operation = intent.call.operation
        country = intent.call.country
        self.outcome = outcome
        switch intent.call {
        case .send(let send):
            channel = send.channel
            isRepeat = send.knownSID != nil && send.cancels == nil
        case .check(let check):
            channel = check.sentBy
            isRepeat = false
            age = check.madeAt.map { max(.zero, now - $0) }
        case .cancel, .enrol, .prove, .challenge: isRepeat = false
        }
    }
}

/// What a call to Twilio showed of a channel.
public struct ObservedCall: Sendable, Equatable {
    /// What became of a call.
    public enum Result: Sendable {
        /// Twilio did what it should; a wrong code and a limit are such answers too.
        case answered
        /// Twilio cannot be reached, fails, or does not let us in.
        case faulty
        /// Twilio sends nothing to that country, or to that number for suspected fraud.
        case blocked
    }

    /// The method that the call was for.
    public var channel: Wire.Method
    /// What became of it.
    public var result: Result
    /// From the request to the end of its answer.
    public var duration: Duration
    /// ISO 3166-1 alpha-2 of the number; `nil` where there is none.
    public var country: String?

    package init(channel: Wire.Method, result: Result, duration: Duration, country: String?) {
        self.channel = channel
        self.result = result
        self.duration = duration
        self.country = country
    }

    /// - Parameter failure: how the call failed; `nil` when it did not.
    /// - Returns: `nil` for a call that never left, and for one that may only have named a language that there is not.
    public init?(channel: Wire.Method, failure: CallFailure?, duration: Duration, country: String?) {
        guard let failure else {
            self.init(channel: channel, result: .answered, duration: duration, country: country)
            return
        }
        guard failure.result != .withheld, failure.meaning != .localeNotSupported else { return nil }
        self.init(channel: channel, result: Result(failure), duration: duration, country: country)
    }
}

extension ObservedCall.Result {
    init(_ failure: CallFailure) {
        switch failure.meaning {
        case .fraudGuard, .countryNotAllowed: self = .blocked
        // Whatever the number is: nothing gets through.
        case .credentials, .serviceMissing, .channelDisabled, .providerFault, .rateLimited: self = .faulty
        case .invalidTo, .localeNotSupported, .maxChecks, .maxSends, .landline, .optedOut, .unreachable, .notFound,
            .concurrent, .tooManyUserRequests, .wrongCode, .factorUnusable, .factorTriesUsedUp, .factorLimit,
            .alreadyExists, .challengeOver, .challengeTriesUsedUp, .challengeLimit, .other:
            switch failure.result {
            case .serverError, .timeout, .networkError, .proxyError, .tlsError, .badResponse, .unauthorized:
                self = .faulty
            case .clientError, .notFound, .rateLimited, .withheld: self = .answered
            }
        }
    }
}
