import Basics
public import Store
public import TwilioVerify

/// A job's calls are recorded with its outcome.
extension CallLog: TwilioObserver {
    /// Adds a request that has ended.
    public func ended(_ request: EndedRequest) {
        add(
            ProviderCall(
                at: request.at, operation: request.operation.rawValue,
                milliseconds: Int(request.duration.milliseconds),
                result: request.failure?.result.label ?? ProviderCall.success,
                code: request.failure.flatMap { $0.code ?? $0.httpStatus }, sid: request.sid,
                requestID: request.requestID))
    }
}

extension Caller {
    /// Twilio, as it is asked for an intent.
    func twilio(for intent: Intent) -> TwilioClient { twilio.telling(intent.calls) }
}

extension Reconciler {
    /// Twilio, as it is asked for an intent.
    func twilio(for intent: Intent) -> TwilioClient { twilio.telling(intent.calls) }
}
