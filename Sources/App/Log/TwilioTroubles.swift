import Basics
import Logging
import TwilioVerify

/// Which of Twilio's refusals and failures are told, and when.
///
/// Pure: it is told the time.
struct TwilioTroubles {
    /// Of one operation and code no more than a line in this time.
    static let pause: Duration = .seconds(60)
    /// Codes are Twilio's to choose; what is beyond is counted with the operation's others.
    private static let maximumCauses = 256

    struct Line: Equatable {
        var level: Logger.Level
        var message: String
        var metadata: [String: String]
    }

    private enum Cause: Hashable {
        case code(Int)
        case status(Int, CallFailure.Result)
        case result(CallFailure.Result)
        case other

        init(_ failure: CallFailure) {
            if let code = failure.code {
                self = .code(code)
            } else if let status = failure.httpStatus {
                self = .status(status, failure.result)
            } else {
                self = .result(failure.result)
            }
        }
    }

    private struct Key: Hashable {
        var operation: TwilioOperation
        var cause: Cause
    }

    private struct Told {
        var at: MonotonicTime
        var heldBack = 0
    }

    private var told: [Key: Told] = [:]
    /// Operations that kept everybody out when they were told of last.
    private var broken: Set<TwilioOperation> = []

    /// - Returns: the line to write now, if there is one.
    mutating func note(_ request: EndedRequest, at now: MonotonicTime) -> Line? {
        guard let failure = request.failure else {
            guard broken.remove(request.operation) != nil else { return nil }
            return Line(
                level: .notice, message: "Twilio works again", metadata: ["operation": request.operation.rawValue])
        }
        let key = key(request.operation, failure, at: now)
        if let last = told[key], now - last.at < Self.pause {
            told[key]?.heldBack += 1
            return nil
        }
        let heldBack = told.updateValue(Told(at: now), forKey: key)?.heldBack ?? 0
        if failure.keepsAllOut { broken.insert(request.operation) }
        return line(request.operation, failure, heldBack)
    }

    private mutating func key(_ operation: TwilioOperation, _ failure: CallFailure, at now: MonotonicTime) -> Key {
        let key = Key(operation: operation, cause: Cause(failure))
        guard told[key] == nil, told.count >= Self.maximumCauses else { return key }
        told = told.filter { now - $0.value.at < Self.pause }
        return told.count < Self.maximumCauses ? key : Key(operation: operation, cause: .other)
    }

    private func line(_ operation: TwilioOperation, _ failure: CallFailure, _ heldBack: Int) -> Line {
        let advice = ErrorCatalog.advice(on: failure)
        var metadata = ["operation": operation.rawValue, "meaning": failure.meaning.rawValue]
        metadata["status"] = failure.httpStatus.map { String($0) }
        metadata["code"] = failure.code.map { String($0) }
        if failure.httpStatus == nil { metadata["result"] = failure.result.rawValue }
        if !advice.isEmpty { metadata["advice"] = advice }
        if heldBack > 0 { metadata["held_back"] = String(heldBack) }
        let isAnswer = failure.effect == .refused || failure.code != nil
        return Line(
            level: advice.hasPrefix("Page") ? .error : failure.level,
            message: isAnswer ? "Twilio refuses" : "Twilio fails", metadata: metadata)
    }
}

extension CallFailure {
    /// Whatever the number is: nothing gets through.
    fileprivate var keepsAllOut: Bool {
        switch result {
        case .serverError, .timeout, .networkError, .proxyError, .tlsError, .badResponse, .unauthorized: true
        case .clientError, .notFound, .rateLimited, .withheld:
            [.credentials, .serviceMissing, .providerFault, .channelDisabled].contains(meaning)
        }
    }

    fileprivate var level: Logger.Level {
        switch meaning {
        case .credentials, .serviceMissing: .error
        case .channelDisabled, .countryNotAllowed, .fraudGuard, .providerFault, .rateLimited, .other: .warning
        // Daily business: codes end.
        case .notFound: .debug
        case .invalidTo, .localeNotSupported, .maxChecks, .maxSends, .landline, .optedOut, .unreachable, .concurrent,
            .tooManyUserRequests, .wrongCode, .factorUnusable, .factorTriesUsedUp, .factorLimit, .alreadyExists,
            .challengeOver, .challengeTriesUsedUp, .challengeLimit:
            .info
        }
    }
}

/// Writes down why Twilio refuses.
///
/// Twilio's own text may hold numbers and is never passed on.
final class TwilioTroubleLog: TwilioObserver {
    private let troubles = Locked(TwilioTroubles())
    private let clocks: Clocks
    private let logger: Logger

    init(clocks: Clocks, logger: Logger) {
        self.clocks = clocks
        self.logger = logger
    }

    func ended(_ request: EndedRequest) {
        let now = clocks.monotonic()
        guard let line = troubles.withLock({ $0.note(request, at: now) }) else { return }
        logger.log(
            level: line.level, "\(line.message)", metadata: line.metadata.mapValues { .string($0) })
    }
}

/// Several observers of Twilio, one after the other.
struct TwilioObservers: TwilioObserver {
    let all: [any TwilioObserver]

    func ended(_ request: EndedRequest) {
        for observer in all { observer.ended(request) }
    }
}
