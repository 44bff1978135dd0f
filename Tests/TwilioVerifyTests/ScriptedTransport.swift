import Basics
import Testing
import TwilioVerify

/// Answers by script, and keeps what was asked.
final class ScriptedTransport: Transport {
    private let script: @Sendable (Int, TransportRequest) -> Result<TransportResponse, TransportError>
    private let seen = Locked<[TransportRequest]>([])

    /// - Parameter script: The answer to the request of that number, counted from 0.
    init(_ script: @escaping @Sendable (Int, TransportRequest) -> Result<TransportResponse, TransportError>) {
        self.script = script
    }

    /// Always the same.
    convenience init(_ answer: Result<TransportResponse, TransportError>) {
        self.init { _, _ in answer }
    }

    /// Always this body.
    convenience init(status: Int = 200, _ body: String) {
        self.init(.success(TransportResponse(status: status, body: Array(body.utf8))))
    }

    var requests: [TransportRequest] { seen.withLock { $0 } }

    func perform(
        _ request: TransportRequest, gate: @escaping @Sendable () -> Bool
    ) async throws(TransportError) -> TransportResponse {
        let number = seen.withLock { requests in
            requests.append(request)
            return requests.count - 1
        }
        guard gate() else { throw TransportError(reach: .surelyNotSent, kind: .withheld) }
        return try script(number, request).get()
    }
}

/// Identifiers and a client of one account.
enum Sample {
    static let account = "AC" + String(repeating: "0", count: 32)
    static let service = "VA" + String(repeating: "0", count: 32)
    static let verification = "VE" + String(repeating: "1", count: 32)
    static let attempt = "VL" + String(repeating: "2", count: 32)
    static let number = "+15017122661"
    /// The moment 2026-01-31T12:00:00Z.
    static let now = Timestamp(seconds: 1_769_860_800)

    static var to: E164 {
        get throws { try #require(E164(number)) }
    }

    static func client(
        _ transport: any Transport, baseURL: String = "https://twilio.invalid", at now: Timestamp = Sample.now
    ) -> TwilioClient {
        TwilioClient(
            baseURL: baseURL,
            account: {
                TwilioAccount(user: "SK1", password: Redacted("s3cret"), accountSID: account, serviceSID: service)
            },
            transport: transport, clocks: Clocks(wall: { now }, monotonic: { MonotonicTime(nanoseconds: 0) }))
    }

    /// An approving answer to a check.
    static let approval: [(String, JSONTree)] = [
        ("sid", .string(verification)), ("service_sid", .string(service)), ("account_sid", .string(account)),
        ("to", .string(number)), ("channel", .string("sms")), ("status", .string("approved")), ("valid", .bool(true)),
        ("amount", .null), ("payee", .null), ("sna_attempts_error_codes", .array([])),
        ("date_created", .string("2015-07-30T20:00:00Z")), ("date_updated", .string("2015-07-30T20:00:00Z")),
    ]
}
