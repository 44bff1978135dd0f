import Testing

@testable import TwilioSimulator

@Suite("Scripted identities") struct ScriptedIdentityTests {
    static let operations = SimulatorOperation.allCases.filter { operation in
        ["entity", "entities", "factor", "factors", "challenge", "challenges"].contains {
            operation.rawValue.hasSuffix("-" + $0)
        }
    }

    /// A request of each kind.
    private static func request(_ operation: SimulatorOperation, _ identity: String) -> (String, String, String) {
        let sid = String(repeating: "a", count: 32)
        let base = "/v2/Services/\(SimulatorConfiguration().serviceSID)/Entities"
        return switch operation {
        case .createEntity: ("POST", base, "Identity=\(identity)")
        case .listEntities: ("GET", base, "")
        case .fetchEntity: ("GET", "\(base)/\(identity)", "")
        case .deleteEntity: ("DELETE", "\(base)/\(identity)", "")
        case .createFactor: ("POST", "\(base)/\(identity)/Factors", "FriendlyName=x&FactorType=totp")
        case .listFactors: ("GET", "\(base)/\(identity)/Factors", "")
        case .verifyFactor: ("POST", "\(base)/\(identity)/Factors/YF\(sid)", "AuthPayload=123456")
        case .fetchFactor: ("GET", "\(base)/\(identity)/Factors/YF\(sid)", "")
        case .deleteFactor: ("DELETE", "\(base)/\(identity)/Factors/YF\(sid)", "")
        case .createChallenge: ("POST", "\(base)/\(identity)/Challenges", "FactorSid=YF\(sid)&AuthPayload=123456")
        case .listChallenges: ("GET", "\(base)/\(identity)/Challenges", "")
        case .answerChallenge: ("POST", "\(base)/\(identity)/Challenges/YC\(sid)", "AuthPayload=123456")
        default: ("GET", "\(base)/\(identity)/Challenges/YC\(sid)", "")
        }
    }

    @Test func `There are thirteen operations`() {
        #expect(Self.operations.count == 13)
        for operation in Self.operations {
            let (method, path, _) = Self.request(operation, "identity-1")
            #expect(SimulatorOperation(method: method, path: APIRequest.segments(path)) == operation)
        }
    }

    @Test(arguments: operations.filter { $0 != .listEntities })
    func `An identity fails at its operation and nowhere else`(operation: SimulatorOperation) {
        for code in ScriptedErrors.authenticator.map(\.codes.lowerBound) + [20003, 20404, 20429, 20500, 20503] {
            for identity in [operation, .fetchEntity].map({ ScriptedIdentities.identity($0, code) }) {
                var fixture = Fixture()
                let (method, path, form) = Self.request(operation, identity)
                let answer = fixture.ask(method, path, form: form)
                let isMeant = identity == ScriptedIdentities.identity(operation, code)
                let scripted = isMeant ? ScriptedErrors.failure(code) : nil
                if let scripted { #expect(answer == APIResponse(scripted), "\(identity)") }
                if !isMeant { #expect([201, 204, 404].contains(answer.status), "\(identity)") }
            }
        }
    }

    @Test(arguments: [
        "scripted-create-factor-60315-anna", "SCRIPTED-create-factor-60315", "scripted-create-factor-60315",
    ])
    func `More may follow`(identity: String) {
        var fixture = Fixture()
        #expect(Fixture.code { () throws(APIFailure) in try fixture.makeFactor(identity: identity) } == nil)
        let (method, path, form) = Self.request(.createFactor, identity)
        #expect(fixture.ask(method, path, form: form).body?["code"] == 60315)
    }

    @Test(arguments: [
        "scripted-create-factor-1", "scripted-create-factor-x", "scripted-create-factor-603150", "scripted",
    ])
    func `Others behave`(identity: String) {
        var fixture = Fixture()
        let (method, path, form) = Self.request(.createFactor, identity)
        #expect(fixture.ask(method, path, form: form).status == 201)
    }

    @Test func `The limits of this Twilio have their own codes`() {
        let own: [(APIFailure, Int, Int)] = [
            (.entityExists, 60301, 409), (.challengeTriesUsedUp, 60308, 429), (.factorTriesUsedUp, 60310, 429),
            (.wrongFactorCode, 60311, 403), (.tooManyChallenges, 60312, 429), (.badBinding, 60314, 400),
            (.tooManyFactors, 60315, 400), (.factorExists, 60317, 409), (.factorUnusable, 60318, 403),
            (.challengeAnswered, 60322, 403), (.challengeExpired, 60323, 403), (.wrongChallengeCode, 60324, 403),
            (.tooManyFactorRequests, 60326, 429), (.tooManyEntities, 60328, 429), (.invalidRequest("x"), 60306, 400),
            (.authenticate, 20003, 401), (.tooManyRequests, 20429, 429), (.maxChecks, 60202, 429),
            (.maxSends, 60203, 429), (.noEmail, 60217, 400), (.noWhatsAppSender, 68008, 400),
        ]
        for (failure, code, status) in own { #expect((failure.code, failure.status) == (code, status)) }
    }

    @Test func `The catalogue has each code once`() {
        let codes = ScriptedErrors.refusals.flatMap { Array($0.codes) }
        #expect(Set(codes).count == codes.count)
        #expect(Set(codes).isDisjoint(with: ScriptedErrors.deliveryErrors.keys))
    }
}
