public import Basics

/// A typed client of Twilio Verify v2 that makes every call once and says what may have happened when it fails.
///
/// Cancelling the awaiting task ends the call with a ``CallFailure`` whose effect is `none` or `unknown`, by how far
/// the request had got. Source: https://www.twilio.com/docs/verify/api
public struct TwilioClient: Sendable {
    private let root: String
    private let account: @Sendable () -> TwilioAccount
    private var transport: any Transport
    private let timeLimit: Duration
    private let clocks: Clocks
    private let observer: (any TwilioObserver)?
    private var recorder: (any TwilioObserver)?

    /// - Parameters:
    ///   - baseURL: `https://verify.twilio.com`, or a simulator's; a final `/` or `/v2` makes no difference.
    ///   - account: Asked once per call.
    ///   - transport: What carries the requests.
    ///   - timeLimit: For one HTTP exchange, connecting included. Twilio documents none; its Attempts list takes up
    ///     to 15 s.
    ///   - clocks: For `Retry-After` dates and clock offsets.
    ///   - observer: Hears of every request that left.
    public init(
        baseURL: String, account: @escaping @Sendable () -> TwilioAccount, transport: any Transport,
        timeLimit: Duration = .seconds(10), clocks: Clocks = .system, observer: (any TwilioObserver)? = nil
    ) {
        var root = baseURL[...]
        while root.hasSuffix("/") { root = root.dropLast() }
        self.root = root.hasSuffix("/v2") ? String(root) : root + "/v2"
        self.account = account
        self.transport = transport
        self.timeLimit = timeLimit
        self.clocks = clocks
        self.observer = observer
    }

    /// The same client over a transport that is made from this one's.
    public func over(_ wrap: (any Transport) -> any Transport) -> TwilioClient {
        var client = self
        client.transport = wrap(transport)
        return client
    }

    /// The same client, whose requests one more observer hears of.
    public func telling(_ observer: any TwilioObserver) -> TwilioClient {
        var client = self
        client.recorder = observer
        return client
    }

    /// One exchange, with the account it was made under.
    struct Exchange {
        var response: TransportResponse
        var account: TwilioAccount
        var clock: AnswerClock

        /// What a 2xx says; `badResponse` when it does not say it.
        func decode<Value>(_ read: (LenientObject) -> Value?) throws(CallFailure) -> Value {
            guard let value = LenientObject.read(response.body, read) else {
                throw .badResponse(status: response.status)
            }
            return value
        }
    }

    /// Sends and throws for any status but 2xx.
    ///
    /// - Parameters:
    ///   - operation: what the observer hears of.
    ///   - sid: what it is about, for the observer.
    ///   - understand: what a failure means of this call, if more than of any.
    func call(
        _ operation: TwilioOperation, _ method: TransportRequest.Method, _ path: (TwilioAccount) -> String,
        about sid: String? = nil, form: [(String, String)] = [], gate: @escaping @Sendable () -> Bool = { true },
        understand: (CallFailure) -> CallFailure = { $0 }
    ) async throws(CallFailure) -> Exchange {
        let account = account()
        let path = path(account)
        let began = clocks.monotonic()
        var requestID: String?
        do throws(CallFailure) {
            let exchange = try await exchange(method, path, account, form, gate, &requestID)
            ended(operation, nil, since: began, sid, requestID)
            return exchange
        } catch {
            let failure = understand(error)
            if failure.result != .withheld { ended(operation, failure, since: began, sid, requestID) }
            throw failure
        }
    }

    private func ended(
        _ operation: TwilioOperation, _ failure: CallFailure?, since began: MonotonicTime, _ sid: String?,
        _ requestID: String?
    ) {
        let duration = clocks.monotonic() - began
        let ended = EndedRequest(
            operation: operation, failure: failure, duration: duration, at: clocks.wall() - duration, sid: sid,
            requestID: requestID)
        observer?.ended(ended)
        recorder?.ended(ended)
    }

    private func exchange(
        _ method: TransportRequest.Method, _ path: String, _ account: TwilioAccount, _ form: [(String, String)],
        _ gate: @escaping @Sendable () -> Bool, _ requestID: inout String?
    ) async throws(CallFailure) -> Exchange {
        let request = TransportRequest(
            method: method, url: "\(root)/\(path)", user: account.user, password: account.password, form: form,
            timeLimit: timeLimit)
        let response: TransportResponse
        do { response = try await transport.perform(request, gate: gate) } catch { throw CallFailure(error) }
        requestID = response.requestID
        let now = clocks.wall()
        guard (200...299).contains(response.status) else { throw CallFailure(response, now: now) }
        return Exchange(response: response, account: account, clock: AnswerClock(date: response.date, now: now))
    }

    /// The same, with `nil` where there is no such thing.
    func callUnlessMissing(
        _ operation: TwilioOperation, _ method: TransportRequest.Method, _ path: (TwilioAccount) -> String,
        about sid: String? = nil, form: [(String, String)] = [], gate: @escaping @Sendable () -> Bool = { true },
        understand: (CallFailure) -> CallFailure = { $0 }
    ) async throws(CallFailure) -> Exchange? {
        try await unlessMissing { () throws(CallFailure) in
            try await call(operation, method, path, about: sid, form: form, gate: gate, understand: understand)
        }
    }

    /// What `body` returns, or `nil` where Twilio says that there is no such thing.
    func unlessMissing<Value>(_ body: () async throws(CallFailure) -> Value) async throws(CallFailure) -> Value? {
        do { return try await body() } catch {
            if error.saysMissing { return nil }
            throw error
        }
    }

    static func servicePath(_ account: TwilioAccount, _ rest: String = "") -> String {
        "Services/\(PercentEncoding.escape(account.serviceSID))\(rest)"
    }
}
