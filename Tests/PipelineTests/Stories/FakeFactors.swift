import Basics
import Foundation
import TwilioVerify

@testable import Pipeline

/// The authenticators that the fake Twilio knows, and its answers.
///
/// Each code counts once.
struct FakeFactors {
    struct Factor {
        var sid: String
        var identity: String
        var name: String
        var secret: String
        var status = "unverified"
        var wrongCodes = 0
        var usedCodes: Set<String> = []
    }

    struct Challenge {
        var sid: String
        var factorSID: String
        var identity: String
        var status = "pending"
        var wrongCodes = 0
        var details: String
        var createdAt: Timestamp
        var respondedAt: Timestamp?
    }

    private(set) var all: [Factor] = []
    private(set) var challenges: [Challenge] = []
    private var count = 0

    mutating func answer(
        _ operation: FakeTwilio.Operation, _ name: String, _ form: [(String, String)], at now: Timestamp
    ) -> TransportResponse {
        func field(_ name: String) -> String { form.first { $0.0 == name }?.1 ?? "" }
        let words = name.split(separator: "/").map(String.init)
        let identity = words[0]
        switch operation {
        case .createFactor:
            all.append(
                Factor(
                    sid: sid("YF"), identity: identity, name: field("FriendlyName"), secret: field("Binding.Secret")))
            return Self.answer(201, Self.json(all[all.count - 1], withBinding: true))
        case .verifyFactor: return verify(words[2], field("AuthPayload"), now)
        case .factors: return Self.list("factors", all.filter { $0.identity == identity }.map { Self.json($0) })
        case .deleteFactor: return delete { $0.sid == words[2] }
        case .deleteEntity: return delete { $0.identity == identity }
        case .createChallenge:
            return create(identity, field("FactorSid"), field("AuthPayload"), field("HiddenDetails"), now)
        case .answerChallenge: return answer(words[2], field("AuthPayload"), now)
        default:
            return Self.list(
                "challenges", challenges.filter { $0.identity == identity }.reversed().map { Self.json($0, now) })
        }
    }

    /// Twilio forgets all factors, as it does with those that are not verified in time.
    mutating func forget() { all = [] }

    private mutating func sid(_ prefix: String) -> String {
        count += 1
        return prefix + String(repeating: "0", count: 32 - String(count).utf8.count) + String(count)
    }

    private mutating func verify(_ sid: String, _ code: String, _ now: Timestamp) -> TransportResponse {
        guard let index = all.firstIndex(where: { $0.sid == sid }) else { return FakeTwilio.failure(404, 20404) }
        guard all[index].status == "unverified" else { return FakeTwilio.failure(409, 60317) }
        guard all[index].wrongCodes < 5 else { return FakeTwilio.failure(429, 60310) }
        if takes(index, code, now) { all[index].status = "verified" } else { all[index].wrongCodes += 1 }
        return Self.answer(200, Self.json(all[index]))
    }

    private mutating func create(
        _ identity: String, _ factor: String, _ code: String, _ details: String, _ now: Timestamp
    ) -> TransportResponse {
        guard let index = all.firstIndex(where: { $0.sid == factor }) else { return FakeTwilio.failure(404, 20404) }
        guard all[index].status == "verified" else { return FakeTwilio.failure(403, 60318) }
        guard challenges.count(where: { $0.factorSID == factor }) < 50 else { return FakeTwilio.failure(429, 60312) }
        challenges.append(
            Challenge(sid: sid("YC"), factorSID: factor, identity: identity, details: details, createdAt: now))
        return answer(challenges[challenges.count - 1].sid, code, now)
    }

    private mutating func answer(_ sid: String, _ code: String, _ now: Timestamp) -> TransportResponse {
        guard let index = challenges.firstIndex(where: { $0.sid == sid }),
            let factor = all.firstIndex(where: { $0.sid == challenges[index].factorSID })
        else { return FakeTwilio.failure(404, 20404) }
        guard challenges[index].status == "pending" else { return FakeTwilio.failure(403, 60322) }
        guard now < challenges[index].createdAt + .seconds(300) else { return FakeTwilio.failure(403, 60323) }
        guard challenges[index].wrongCodes < 5 else { return FakeTwilio.failure(429, 60308) }
        if takes(factor, code, now) {
            (challenges[index].status, challenges[index].respondedAt) = ("approved", now)
        } else {
            challenges[index].wrongCodes += 1
        }
        return Self.answer(200, Self.json(challenges[index], now))
    }

    private mutating func takes(_ index: Int, _ code: String, _ now: Timestamp) -> Bool {
        guard (-1...1).contains(where: { App.code(all[index].secret, at: now + .seconds(30 * $0)) == code }) else {
            return false
        }
        return all[index].usedCodes.insert(code).inserted
    }

    private mutating func delete(_ isMeant: (Factor) -> Bool) -> TransportResponse {
        guard all.contains(where: isMeant) else { return FakeTwilio.failure(404, 20404) }
        all.removeAll(where: isMeant)
        return TransportResponse(status: 204, body: [])
    }

    private static func json(_ factor: Factor, withBinding: Bool = false) -> String {
        let binding =
            withBinding
            ? #","binding":{"secret":"\#(factor.secret)","uri":"otpauth://totp/ACME:x?secret=S&issuer=ACME"}"# : ""
        return """
            {"sid":"\(factor.sid)","service_sid":"\(FakeTwilio.service)","identity":"\(factor.identity)",\
            "factor_type":"totp","status":"\(factor.status)",\
            "config":{"alg":"sha1","skew":1,"code_length":6,"time_step":30}\(binding)}
            """
    }

    private static func json(_ challenge: Challenge, _ now: Timestamp) -> String {
        let isOver = challenge.status == "pending" && now >= challenge.createdAt + .seconds(300)
        return """
            {"sid":"\(challenge.sid)","service_sid":"\(FakeTwilio.service)","identity":"\(challenge.identity)",\
            "factor_sid":"\(challenge.factorSID)","factor_type":"totp","hidden_details":\(challenge.details),\
            "status":"\(isOver ? "expired" : challenge.status)","date_created":"\(challenge.createdAt)",\
            "date_responded":\(challenge.respondedAt.map { "\"\($0)\"" } ?? "null"),\
            "expiration_date":"\(challenge.createdAt + .seconds(300))"}
            """
    }

    private static func list(_ key: String, _ entries: [String]) -> TransportResponse {
        answer(200, #"{"\#(key)":[\#(entries.joined(separator: ","))],"meta":{"key":"\#(key)"}}"#)
    }

    private static func answer(_ status: Int, _ body: String) -> TransportResponse {
        TransportResponse(status: status, body: Array(body.utf8))
    }
}

/// A person's authenticator app, which knows what it was shown.
struct App {
    let secret: String

    /// What the app shows then.
    func code(at time: Timestamp) -> String { Self.code(secret, at: time) }

    /// A code that it does not show around then.
    func wrongCode(at time: Timestamp) -> String {
        let near = Set((-11...11).map { code(at: time + .seconds(30 * $0)) })
        return (100_000...).lazy.map { String($0) }.first { !near.contains($0) } ?? ""
    }

    static func code(_ secret: String, at time: Timestamp) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        let bits = secret.filter { $0 != " " }.flatMap { letter in
            let value = letters.firstIndex(of: letter) ?? 0
            return (0..<5).map { value >> (4 - $0) & 1 }
        }
        let bytes = (0..<bits.count / 8).map { byte in
            UInt8(bits[byte * 8..<byte * 8 + 8].reduce(0) { $0 << 1 | $1 })
        }
        return TOTP(secret: Redacted(bytes), digits: 6, period: 30)?.code(at: time).revealed ?? ""
    }
}
