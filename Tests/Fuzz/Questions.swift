import Basics

@testable import TwilioVerify

/// Asks everything that can be asked of Twilio, and gets the same answer each time.
struct Questions {
    /// What an answer was taken for an approval of.
    enum Approval: CaseIterable {
        case check, newFactor, knownFactor, newChallenge, knownChallenge, listedChallenge
    }

    static let service = "VA" + String(repeating: "0", count: 32)
    static let verification = "VE" + String(repeating: "1", count: 32)
    static let factor = "YF" + String(repeating: "3", count: 32)
    static let challenge = "YC" + String(repeating: "4", count: 32)
    static let identity = "ff483d1f-f591-898a-9942-916050d2ca3f"
    static let request = "0c6c3b5e-2d7a-4f0e-9b34-6a1f6ea1b0aa"
    static let number = "+15017122661"
    private static let code = Redacted("271828")

    private(set) var approvals: [Approval] = []
    private(set) var failures: [CallFailure] = []
    private(set) var answered = 0
    private let client: TwilioClient

    init(answer: TransportResponse) {
        client = TwilioClient(
            baseURL: "https://twilio.invalid",
            account: {
                TwilioAccount(
                    user: "SK1", password: Redacted("s3cret"), accountSID: "AC" + String(repeating: "0", count: 32),
                    serviceSID: Self.service)
            },
            transport: Parrot(answer: answer),
            clocks: Clocks(wall: { JobsTarget.now }, monotonic: { MonotonicTime(nanoseconds: 0) }))
    }

    private struct Parrot: Transport {
        let answer: TransportResponse

        func perform(
            _ request: TransportRequest, gate: @escaping @Sendable () -> Bool
        ) async throws(TransportError) -> TransportResponse { answer }
    }

    mutating func askAll() async {
        let (client, sid, identity, code) = (client, Self.factor, Self.identity, Self.code)
        guard let to = E164(Self.number) else { return }
        await askOfVerifications(to)
        await askOfChallenges()
        _ = await ask { () async throws(CallFailure) in
            try await client.createFactor(
                identity: identity, friendlyName: "k3v9", secret: Redacted("GEZDGNBVGY3TQOJQ"), gate: { true })
        }
        let new = await ask { () async throws(CallFailure) in
            try await client.verifyFactor(sid: sid, identity: identity, code: code, gate: { true })
        }
        note(.newFactor, new?.isVerified(sid: sid, identity: identity))
        let known = await ask { () async throws(CallFailure) in
            try await client.fetchFactor(sid: sid, identity: identity)
        }
        note(.knownFactor, known??.isVerified(sid: sid, identity: identity))
        _ = await ask { () async throws(CallFailure) in try await client.factors(identity: identity) }
        _ = await ask { () async throws(CallFailure) in try await client.fetchService() }
        _ = await ask { () async throws(CallFailure) in try await client.services() }
    }

    private mutating func askOfVerifications(_ to: E164) async {
        let (client, sid, code) = (client, Self.verification, Self.code)
        _ = await ask { () async throws(CallFailure) in
            try await client.start(to: to, channel: .sms, locale: nil, gate: { true })
        }
        let answer = await ask { () async throws(CallFailure) in
            try await client.check(verificationSID: sid, code: code, gate: { true })
        }
        note(.check, answer?.approves(sid: sid, to: to))
        _ = await ask { () async throws(CallFailure) in try await client.fetchVerification(.sid(sid)) }
        _ = await ask { () async throws(CallFailure) in try await client.cancelVerification(sid: sid) }
        _ = await ask { () async throws(CallFailure) in
            try await client.attempts(verificationSID: sid, to: to, createdAfter: JobsTarget.now)
        }
    }

    private mutating func askOfChallenges() async {
        let (client, sid, identity, code) = (client, Self.factor, Self.identity, Self.code)
        let new = await ask { () async throws(CallFailure) in
            try await client.createChallenge(
                identity: identity, factorSID: sid, code: code, request: Self.request, gate: { true })
        }
        note(.newChallenge, new?.approves(request: Self.request, factorSID: sid, identity: identity))
        let known = await ask { () async throws(CallFailure) in
            try await client.answerChallenge(sid: Self.challenge, identity: identity, code: code, gate: { true })
        }
        note(.knownChallenge, known?.approves(sid: Self.challenge, factorSID: sid, identity: identity))
        let listed = await ask { () async throws(CallFailure) in
            try await client.challenges(identity: identity, factorSID: sid)
        }
        note(
            .listedChallenge,
            listed??.contains { $0.approves(request: Self.request, factorSID: sid, identity: identity) })
    }

    private mutating func ask<Value>(_ question: () async throws(CallFailure) -> Value) async -> Value? {
        do throws(CallFailure) {
            let value = try await question()
            answered += 1
            return value
        } catch {
            failures.append(error)
            return nil
        }
    }

    private mutating func note(_ approval: Approval, _ isOne: Bool?) {
        if isOne == true { approvals.append(approval) }
    }
}
