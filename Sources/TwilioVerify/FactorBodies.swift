import Basics
import FoundationEssentials

extension TOTPFactor {
    /// `nil` unless the object is an authenticator of this service.
    init?(_ object: LenientObject, serviceSID: String, clock: AnswerClock) {
        guard let sid = object.sid("sid", prefix: "YF"), object.string("service_sid") == serviceSID,
            object.string("factor_type") == "totp", let identity = object.string("identity"), !identity.isEmpty,
            let status = object.string("status")
        else { return nil }
        self.init(
            sid: sid, identity: identity, status: FactorStatus(status),
            config: object.object("config").flatMap { Config($0) }, createdAt: clock.time("date_created", of: object),
            clockOffset: clock.plausibleOffset)
    }
}

extension TOTPFactor.Config {
    /// `nil` unless everything is there and within Twilio's ranges; the algorithm may be left out.
    init?(_ object: LenientObject) {
        guard let skew = object.int("skew"), (0...2).contains(skew), let codeLength = object.int("code_length"),
            (3...8).contains(codeLength), let timeStep = object.int("time_step"), (20...60).contains(timeStep)
        else { return nil }
        self.init(
            algorithm: object.string("alg")?.lowercased() ?? "sha1", skew: skew, codeLength: codeLength,
            timeStep: timeStep)
    }
}

extension CreatedFactor {
    /// `nil` unless the object is a new authenticator of this identity, with SHA-1 and with this secret: an app that is
    /// told anything else would show wrong codes for ever.
    init?(_ object: LenientObject, serviceSID: String, identity: String, secret: Redacted<String>) {
        guard let factor = TOTPFactor(object, serviceSID: serviceSID, clock: .untold),
            Identity.isSame(factor.identity, identity), let config = factor.config, config.algorithm == "sha1",
            let binding = object.object("binding")
        else { return nil }
        if let taken = binding.string("secret"), taken != secret.revealed { return nil }
        self.init(
            sid: factor.sid, status: factor.status, config: config,
            issuer: binding.string("uri").flatMap { Self.issuer(inURI: $0) })
    }

    /// The parameter of an otpauth link; `nil` when there is none that could be shown.
    private static func issuer(inURI uri: String) -> String? {
        guard let items = URLComponents(string: uri)?.queryItems,
            let issuer = items.first(where: { $0.name == "issuer" })?.value,
            (1...128).contains(issuer.unicodeScalars.count),
            issuer.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { return nil }
        return issuer
    }
}

extension Challenge {
    /// The hidden detail that carries our own name for a challenge.
    static let requestKey = "request"

    /// `nil` unless the object is a challenge of an authenticator of this service.
    init?(_ object: LenientObject, serviceSID: String, clock: AnswerClock) {
        guard let sid = object.sid("sid", prefix: "YC"), object.string("service_sid") == serviceSID,
            let factorSID = object.sid("factor_sid", prefix: "YF"), object.string("factor_type") == "totp",
            let identity = object.string("identity"), !identity.isEmpty, let status = object.string("status")
        else { return nil }
        self.init(
            sid: sid, factorSID: factorSID, identity: identity, status: ChallengeStatus(status),
            request: object.object("hidden_details")?.string(Self.requestKey),
            createdAt: clock.time("date_created", of: object), respondedAt: clock.time("date_responded", of: object),
            expiresAt: clock.time("expiration_date", of: object), clockOffset: clock.plausibleOffset)
    }
}
