import Basics
import Foundation
import TwilioVerify

/// The verifications that the fake Twilio knows, and its answers.
struct FakeVerifications {
    struct Verification {
        var sid: String
        var to: String
        var code: String
        var channel: String
        var status = "pending"
        var createdAt: Timestamp
        var updatedAt: Timestamp
        var attempts: [(sid: String, time: Timestamp)] = []
        var checks = 0

        func isPending(at now: Timestamp) -> Bool { status == "pending" && now < createdAt + .seconds(600) }
    }

    static let operations: Set<FakeTwilio.Operation> = [.start, .check, .fetch, .cancel, .attempts]

    private var all: [Verification] = []
    private var count = 0
    /// What the carrier says of messages to a number, and why.
    var carriers: [String: (status: String, code: Int?)] = [:]

    func latest(_ number: String) -> Verification? { all.last { $0.to == number } }
    func code(of number: String) -> String? { latest(number)?.code }

    mutating func answer(
        _ operation: FakeTwilio.Operation, _ name: String, _ form: [(String, String)], at now: Timestamp
    ) -> TransportResponse {
        func field(_ name: String) -> String { form.first { $0.0 == name }?.1 ?? "" }
        switch operation {
        case .start: return start(field("To"), field("Channel"), now)
        case .check: return check(field("VerificationSid"), field("Code"), now)
        case .fetch: return fetch(name, now)
        case .cancel: return cancel(name, now)
        case .attempts: return attempts(name)
        default:
            return Self.answer(200, #"{"sid":"\#(FakeTwilio.service)","friendly_name":"x","code_length":6}"#)
        }
    }

    private mutating func sid(_ prefix: String) -> String {
        count += 1
        let digits = String(count, radix: 16)
        return prefix + String(repeating: "0", count: 32 - digits.utf8.count) + digits
    }

    private mutating func start(_ number: String, _ channel: String, _ now: Timestamp) -> TransportResponse {
        let index: Int
        if let open = all.lastIndex(where: { $0.to == number && $0.isPending(at: now) }) {
            guard all[open].attempts.count < 5 else { return FakeTwilio.failure(429, 60203) }
            index = open
        } else {
            let code = String(100_000 + all.count * 1117)
            all.append(
                Verification(
                    sid: sid("VE"), to: number, code: code, channel: channel, createdAt: now, updatedAt: now))
            index = all.count - 1
        }
        all[index].attempts.append((sid("VL"), now))
        return Self.answer(201, Self.json(all[index]))
    }

    private mutating func check(_ sid: String, _ code: String, _ now: Timestamp) -> TransportResponse {
        guard let index = all.firstIndex(where: { $0.sid == sid && $0.isPending(at: now) }) else {
            return FakeTwilio.failure(404, 20404)
        }
        guard all[index].checks < 5 else { return FakeTwilio.failure(429, 60202) }
        all[index].checks += 1
        let isRight = all[index].code == code
        if isRight { (all[index].status, all[index].updatedAt) = ("approved", now) }
        return Self.answer(200, Self.json(all[index], isValid: isRight))
    }

    private func fetch(_ name: String, _ now: Timestamp) -> TransportResponse {
        let found = all.last { ($0.sid == name || $0.to == name) && $0.isPending(at: now) }
        return found.map { Self.answer(200, Self.json($0)) } ?? FakeTwilio.failure(404, 20404)
    }

    private mutating func cancel(_ sid: String, _ now: Timestamp) -> TransportResponse {
        guard let index = all.firstIndex(where: { $0.sid == sid && $0.isPending(at: now) }) else {
            return FakeTwilio.failure(404, 20404)
        }
        (all[index].status, all[index].updatedAt) = ("canceled", now)
        return Self.answer(200, Self.json(all[index]))
    }

    private func attempts(_ query: String) -> TransportResponse {
        let entries = all.filter { query.contains($0.sid) }.flatMap { verification in
            verification.attempts.map { attempt in
                """
                {"sid":"\(attempt.sid)","verification_sid":"\(verification.sid)",\
                "date_created":"\(attempt.time)","date_updated":"\(verification.updatedAt)",\
                "conversion_status":"\(verification.status == "approved" ? "converted" : "unconverted")",\
                "channel":"\(verification.channel)","channel_data":{\(carrier(of: verification))}}
                """
            }
        }
        return Self.answer(200, #"{"attempts":[\#(entries.joined(separator: ","))],"meta":{}}"#)
    }

    private func carrier(of verification: Verification) -> String {
        guard let carrier = carriers[verification.to] else { return #""message_status":"queued""# }
        let code = carrier.code.map { #","error_code":"\#($0)""# } ?? ""
        return #""message_status":"\#(carrier.status)"\#(code)"#
    }

    private static func json(_ verification: Verification, isValid: Bool = false) -> String {
        let attempts = verification.attempts.map { #"{"attempt_sid":"\#($0.sid)","time":"\#($0.time)"}"# }
        return """
            {"sid":"\(verification.sid)","service_sid":"\(FakeTwilio.service)","to":"\(verification.to)",\
            "channel":"\(verification.channel)","status":"\(verification.status)","valid":\(isValid),\
            "date_created":"\(verification.createdAt)","date_updated":"\(verification.updatedAt)",\
            "send_code_attempts":[\(attempts.joined(separator: ","))]}
            """
    }

    private static func answer(_ status: Int, _ body: String) -> TransportResponse {
        TransportResponse(status: status, body: Array(body.utf8))
    }
}
