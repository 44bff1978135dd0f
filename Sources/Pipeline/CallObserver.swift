public import Basics
import Store
public import TwilioVerify
public import Wire

/// Hears of every call to Twilio when it has ended.
///
/// Must be quick: the job waits.
public protocol CallObserver: Sendable {
    func observed(_ call: ObservedCall)
    /// No call of the channel is made until then, since nearly all failed; with `nil` calls are made again, since one
    /// succeeded.
    func isCut(_ channel: Wire.Method, until: MonotonicTime?)
    /// The outcome of a job that made a call is on disk.
    func concluded(_ job: ConcludedJob)
}

extension CallObserver {
    /// For whom that is nothing.
    public func isCut(_ channel: Wire.Method, until: MonotonicTime?) {}
    /// For whom that is nothing.
    public func concluded(_ job: ConcludedJob) {}
}

/// A job that made a call, by what its outcome tells of sends and their success.
///
/// Nothing of a person's.
public struct ConcludedJob: Sendable, Equatable {
    /// What was called last.
    public var operation: ProviderOperation
    /// `nil` for a call that is bound to none.
    public var channel: Wire.Channel?
    /// ISO 3166-1 alpha-2 of the number; `nil` where there is none.
    public var country: String?
    /// How the job ended.
    public var outcome: Outcome

    init(_ intent: Intent, _ outcome: Outcome) {
        operation = intent.call.operation
        channel = intent.call.channel
        country = intent.call.country
        self.outcome = outcome
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
