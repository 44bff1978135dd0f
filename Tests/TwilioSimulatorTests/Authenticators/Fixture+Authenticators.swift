import Basics
import Web

@testable import TwilioSimulator

extension Fixture {
    static let identity = "ff483d1ff591898a9942916050d2ca3f"

    @discardableResult
    mutating func makeFactor(
        _ extra: String = "", identity: String = Fixture.identity
    ) throws(APIFailure) -> SimulatedTwilio.NewFactor {
        let form = FormFields("FriendlyName=Phone&FactorType=totp&\(extra)")
        return try twilio.createFactor(service: service, identity: identity, form, now: now)
    }

    @discardableResult
    mutating func update(
        factor sid: String, _ form: String, identity: String = Fixture.identity
    ) throws(APIFailure) -> SimulatedFactor {
        try twilio.updateFactor(service: service, identity: identity, sid, FormFields(form), now: now).1
    }

    /// A factor that has been verified by the code of now.
    mutating func verifiedFactor(_ extra: String = "") throws(APIFailure) -> SimulatedFactor {
        let made = try makeFactor(extra).factor
        return try update(factor: made.sid, "AuthPayload=\(code(of: made))")
    }

    /// The factor as it stands.
    func factor(_ sid: String, identity: String = Fixture.identity) throws(APIFailure) -> SimulatedFactor {
        let entity = try twilio.entity(service: service, identity, now: now)
        return entity.factors[try entity.factorIndex(sid)]
    }

    @discardableResult
    mutating func challenge(_ factor: SimulatedFactor, _ code: String? = nil, _ extra: String = "") throws(APIFailure)
        -> SimulatedChallenge
    {
        let payload = code.map { "AuthPayload=\($0)&" } ?? ""
        let form = FormFields("FactorSid=\(factor.sid)&\(payload)\(extra)")
        return try twilio.createChallenge(service: service, identity: Self.identity, form, now: now).1
    }

    @discardableResult
    mutating func answer(_ challenge: SimulatedChallenge, _ code: String) throws(APIFailure) -> SimulatedChallenge {
        let form = FormFields("AuthPayload=\(code)")
        return try twilio.updateChallenge(
            service: service, identity: Self.identity, challenge.sid, form, now: now
        ).1
    }

    /// The code that an app shows so many steps from now.
    func code(of factor: SimulatedFactor, _ steps: Int = 0) -> String {
        factor.password.code(ofStep: factor.password.step(at: now) + Int64(steps)).revealed
    }

    /// A code that no step near now has.
    func wrongCode(of factor: SimulatedFactor) -> String {
        let near = Set((-3...3).map { code(of: factor, $0) })
        let all = (0..<10).map { String(repeating: String($0), count: factor.settings.codeLength) }
        return all.first { !near.contains($0) } ?? ""
    }
}
