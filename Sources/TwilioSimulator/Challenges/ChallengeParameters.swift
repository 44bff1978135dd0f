import Basics
import FoundationEssentials
import Web

/// What making a challenge takes, checked as Twilio describes it. https://www.twilio.com/docs/verify/api/challenge
struct ChallengeParameters: Sendable {
    /// How long a challenge lives unless it is told, and at the longest.
    static let lifetime = Duration.seconds(300)
    static let longestLifetime = Duration.seconds(3600)

    var factorSID: String
    /// 3 to 8 digits; `nil` when the answer shall come later.
    var code: String?
    var expires: Timestamp
    var details: ChallengeDetails?
    var hiddenDetails: [String: String]?

    init(_ form: FormFields, now: Timestamp) throws(APIFailure) {
        guard let sid = form["FactorSid"], SID.isValid(sid, prefix: "YF") else { throw .invalidRequest("FactorSid") }
        factorSID = sid
        code = try FactorParameters.authPayload(form)
        expires = try Self.expiry(form, now: now)
        details = try Self.details(form)
        hiddenDetails = try form.texts("HiddenDetails")
    }

    private static func expiry(_ form: FormFields, now: Timestamp) throws(APIFailure) -> Timestamp {
        guard let text = form["ExpirationDate"] else { return now + lifetime }
        guard let time = Timestamp(rfc3339: text), time > now, time <= now + longestLifetime else {
            throw .invalidRequest("ExpirationDate")
        }
        return time
    }

    /// A message of up to 256 characters, and fields with a label of up to 36 and a value of up to 128.
    private static func details(_ form: FormFields) throws(APIFailure) -> ChallengeDetails? {
        let message = form["Details.Message"]
        let texts = form.all("Details.Fields")
        guard message != nil || !texts.isEmpty else { return nil }
        guard message?.count ?? 0 <= 256 else { throw .invalidRequest("Details.Message") }
        var fields: [ChallengeDetails.Field] = []
        for text in texts {
            let field = try? JSONDecoder().decode(ChallengeDetails.Field.self, from: Data(text.utf8))
            guard let field, field.label.count <= 36, field.value.count <= 128 else {
                throw .invalidRequest("Details.Fields")
            }
            fields.append(field)
        }
        return ChallengeDetails(message: message ?? "", fields: fields)
    }
}

/// The filters of a list of challenges; absent ones let everything pass.
struct ChallengesQuery: Sendable, Equatable {
    var factorSID: String?
    var status: SimulatedChallenge.Status?
    var newestFirst: Bool

    init(_ fields: FormFields) throws(APIFailure) {
        factorSID = fields["FactorSid"]
        if let factorSID, !SID.isValid(factorSID, prefix: "YF") { throw .invalidRequest("FactorSid") }
        if let word = fields["Status"] {
            guard let named = SimulatedChallenge.Status(rawValue: word.lowercased()) else {
                throw .invalidRequest("Status")
            }
            status = named
        }
        switch fields["Order"]?.lowercased() {
        case nil, "asc": newestFirst = false
        case "desc": newestFirst = true
        default: throw .invalidRequest("Order")
        }
    }

    /// Those that match, in the order asked for.
    func found(in challenges: [SimulatedChallenge], now: Timestamp) -> [SimulatedChallenge] {
        let found = challenges.filter { challenge in
            (factorSID == nil || challenge.factorSID == factorSID)
                && (status == nil || challenge.status(now: now) == status)
        }
        return newestFirst ? found.reversed() : found
    }
}
