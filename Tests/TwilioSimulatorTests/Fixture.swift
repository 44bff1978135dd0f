import Basics
import Web

@testable import TwilioSimulator

/// A simulated Twilio with a clock that stands still and codes and identifiers that count up.
struct Fixture {
    static let epoch = Timestamp(seconds: 1_700_000_000)
    static let to = "+15017122661"

    var twilio: SimulatedTwilio
    var now = Fixture.epoch
    let service: String

    init(_ configure: (inout SimulatorConfiguration) -> Void = { _ in }) {
        var configuration = SimulatorConfiguration()
        configure(&configuration)
        service = configuration.serviceSID
        twilio = SimulatedTwilio(configuration: configuration, sources: Self.counting(), now: Self.epoch)
    }

    /// Codes 100001, 100002, …; identifiers likewise, in hexadecimal.
    private static func counting() -> SimulatedTwilio.Sources {
        let codes = Locked(100_000)
        let sids = Locked(4096)
        return SimulatedTwilio.Sources(
            code: { length in
                let digits = String(
                    codes.withLock { value in
                        value += 1; return value
                    })
                return String((digits + "0000").prefix(length))
            },
            sid: { prefix in
                let digits = String(
                    sids.withLock { value in
                        value += 1; return value
                    }, radix: 16)
                return prefix + String(repeating: "0", count: 32 - digits.count) + digits
            },
            secret: {
                let number = sids.withLock { value in
                    value += 1; return value
                }
                return Redacted(Array("secret-number-\(number + 100_000)".utf8))
            })
    }

    @discardableResult
    mutating func start(_ to: String = Fixture.to, channel: String = "sms", extra: String = "") throws(APIFailure)
        -> SimulatedVerification
    {
        let form = FormFields("To=\(FormFields.encoded(to))&Channel=\(channel)&\(extra)")
        return try twilio.start(service: service, form, now: now)
    }

    @discardableResult
    mutating func check(_ code: String, to: String = Fixture.to) throws(APIFailure) -> SimulatedVerification {
        try twilio.check(service: service, FormFields("To=\(FormFields.encoded(to))&Code=\(code)"), now: now)
    }

    func fetch(_ id: String = Fixture.to) throws(APIFailure) -> SimulatedVerification {
        try twilio.fetch(service: service, idOrNumber: id, now: now)
    }

    mutating func update(_ id: String, status: String) throws(APIFailure) -> SimulatedVerification {
        try twilio.update(service: service, idOrNumber: id, FormFields("Status=\(status)"), now: now)
    }

    func attempts(_ query: String = "") throws(APIFailure) -> [SimulatedAttempt] {
        twilio.attempts(try AttemptsQuery(FormFields(query)), now: now)
    }

    mutating func advance(_ seconds: Int) {
        now = now + .seconds(seconds)
    }

    /// The answer to a request, by default with the right credentials.
    mutating func ask(
        _ method: String, _ path: String, form: String = "", authorization: String? = BlockingHTTP.basic
    ) -> APIResponse {
        let parts = path.split(separator: "?", maxSplits: 1).map(String.init)
        let request = APIRequest(
            method: method, path: APIRequest.segments(parts.first ?? ""),
            query: FormFields(parts.count > 1 ? parts[1] : ""), form: FormFields(form), authorization: authorization,
            base: "http://sim:1")
        return twilio.respond(to: request, now: now)
    }

    /// The error code that `body` ends with; `nil` when it succeeds.
    static func code(_ body: () throws(APIFailure) -> some Any) -> Int? {
        do throws(APIFailure) {
            _ = try body()
            return nil
        } catch {
            return error.code
        }
    }
}
