import TwilioVerify

/// Why a command about Twilio could not do its work, in words that say what to do, with the contract's exit code.
public struct TwilioProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// What the command ends with (contract, section 7).
    public var exitCode: Int32
    /// What went wrong and what to do, for an operator.
    public var description: String

    init(exitCode: Int32, _ description: String) {
        self.exitCode = exitCode
        self.description = description
    }

    /// - Parameters:
    ///   - failure: What Twilio's client says.
    ///   - deed: What was being done, as in "cannot … at Twilio".
    ///   - isChange: It changes something there.
    init(_ failure: CallFailure, while deed: String, isChange: Bool) {
        let (exitCode, hint) = Self.advice(failure)
        let maybe =
            isChange && failure.effect == .unknown ? "; it may have been done all the same: run this again to see" : ""
        self.init(exitCode: exitCode, "cannot \(deed) at Twilio (\(failure)): \(hint)\(maybe)")
    }

    private static func advice(_ failure: CallFailure) -> (Int32, String) {
        switch failure.result {
        case .unauthorized:
            (
                77,
                "the credentials are refused: check that account SID and token or API key are right and belong together"
            )
        case .timeout, .networkError, .tlsError:
            (69, "it cannot be reached: check twilio.base_url, twilio.ca_file and the network")
        case .proxyError: (69, "the proxy refuses or is not found: check twilio.proxy and the proxy's own rules")
        case .serverError: (69, "it is at fault or down: try again later")
        case .badResponse: (69, "the answer is not Twilio's: check twilio.base_url")
        case .rateLimited, .withheld: (75, "it asks to wait: try again shortly")
        case .clientError where failure.code == 60248: (65, "it takes no name with such a word: choose another")
        case .clientError, .notFound: (65, "it does not take one of the values")
        }
    }

    /// Runs `body` and puts its failure into words.
    static func turning<Value>(
        _ deed: String, isChange: Bool = false, _ body: () async throws(CallFailure) -> Value
    ) async throws(TwilioProblem) -> Value {
        do { return try await body() } catch { throw TwilioProblem(error, while: deed, isChange: isChange) }
    }
}
