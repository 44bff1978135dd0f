import Basics
import Testing
import TwilioVerify

@testable import App
@testable import Pipeline
@testable import TwilioSimulator

@Suite("Client and simulator agree about authenticators", .timeLimit(.minutes(10))) struct TwilioAuthenticatorTests {
    /// A client, and an app with the product's own codes.
    private struct Scene {
        let stage: TwilioStage
        let twilio: TwilioClient
        let identity = RandomID.uuid()
        let secret = TOTP.freshSecret()

        init() async throws {
            stage = await TwilioStage()
            let app = try await stage.app(service: SimulatorConfiguration().serviceSID)
            twilio = try app.client(as: try app.settings.account())
        }

        var written: Redacted<String> { Redacted(Base32.encode(secret.revealed)) }

        /// What the app shows now.
        func code() throws -> Redacted<String> {
            try #require(TOTP(secret: secret, digits: 6, period: 30)).code(at: stage.simulator.now)
        }

        /// What no app shows near now.
        func wrongCode() throws -> Redacted<String> {
            let totp = try #require(TOTP(secret: secret, digits: 6, period: 30))
            let all = (0..<10).map { Redacted(String(repeating: String($0), count: 6)) }
            return try #require(all.first { totp.offset(of: $0, at: stage.simulator.now) == nil })
        }

        func create() async throws(CallFailure) -> CreatedFactor {
            try await twilio.createFactor(
                identity: identity, friendlyName: "random", secret: written, gate: { true })
        }

        func verified() async throws -> String {
            let sid = try await create().sid
            let factor = try await twilio.verifyFactor(sid: sid, identity: identity, code: try code(), gate: { true })
            #expect(factor.isVerified(sid: sid, identity: identity))
            return sid
        }

        func challenge(_ sid: String, _ code: Redacted<String>, request: String) async throws(CallFailure) -> Challenge
        {
            try await twilio.createChallenge(
                identity: identity, factorSID: sid, code: code, request: request, gate: { true })
        }

        /// What the call fails with.
        func failure(_ call: () async throws -> some Any) async -> CallFailure? {
            await #expect(throws: CallFailure.self) { _ = try await call() }
        }
    }

    @Test func `From the first code to the reset`() async throws {
        let scene = try await Scene()
        let (twilio, identity) = (scene.twilio, scene.identity)
        let made = try await scene.create()
        #expect(made.status == .unverified)
        #expect(made.issuer == "Simulator")
        #expect(made.config == TOTPFactor.Config(skew: 1, codeLength: 6, timeStep: 30))
        let wrong = try await twilio.verifyFactor(
            sid: made.sid, identity: identity, code: try scene.wrongCode(), gate: { true })
        #expect(!wrong.isVerified(sid: made.sid, identity: identity))
        let right = try await twilio.verifyFactor(
            sid: made.sid, identity: identity, code: try scene.code(), gate: { true })
        #expect(right.isVerified(sid: made.sid, identity: identity))
        #expect(try await twilio.fetchFactor(sid: made.sid, identity: identity)?.status == .verified)
        let open = try await scene.challenge(made.sid, try scene.wrongCode(), request: "r1")
        #expect(open.status == .pending)
        let answered = try await twilio.answerChallenge(
            sid: open.sid, identity: identity, code: try scene.code(), gate: { true })
        #expect(answered.approves(sid: open.sid, factorSID: made.sid, identity: identity))
        let second = try await scene.challenge(made.sid, try scene.code(), request: "r2")
        #expect(second.approves(request: "r2", factorSID: made.sid, identity: identity))
        let listed = try await twilio.challenges(identity: identity, factorSID: made.sid)
        #expect(listed?.map(\.request) == ["r2", "r1"])
        #expect(try await twilio.factors(identity: identity)?.map(\.sid) == [made.sid])
        #expect(try await twilio.deleteFactor(sid: made.sid, identity: identity, gate: { true }))
        #expect(try await !twilio.deleteFactor(sid: made.sid, identity: identity, gate: { true }))
        #expect(try await twilio.fetchFactor(sid: made.sid, identity: identity) == nil)
        #expect(try await twilio.deleteEntity(identity: identity, gate: { true }))
        #expect(try await !twilio.deleteEntity(identity: identity, gate: { true }))
        #expect(try await twilio.factors(identity: identity) == nil)
        #expect(try await twilio.challenges(identity: identity, factorSID: made.sid) == nil)
    }

    @Test func `The client understands each limit`() async throws {
        let scene = try await Scene()
        let (twilio, identity) = (scene.twilio, scene.identity)
        let wrong = try scene.wrongCode()
        let first = try await scene.create().sid
        #expect(await scene.failure { try await scene.create() }?.meaning == .alreadyExists)
        #expect(
            await scene.failure { try await scene.challenge(first, wrong, request: "r") }?.meaning == .factorUnusable)
        func verify() async throws -> TOTPFactor {
            try await twilio.verifyFactor(sid: first, identity: identity, code: wrong, gate: { true })
        }
        for _ in 1...5 { _ = try await verify() }
        #expect(await scene.failure { try await verify() }?.meaning == .factorTriesUsedUp)
        try await twilio.deleteFactor(sid: first, identity: identity, gate: { true })
        let sid = try await scene.verified()
        let open = try await scene.challenge(sid, wrong, request: "r1")
        func answer() async throws -> Challenge {
            try await twilio.answerChallenge(sid: open.sid, identity: identity, code: wrong, gate: { true })
        }
        for _ in 2...5 { _ = try await answer() }
        #expect(await scene.failure { try await answer() }?.meaning == .challengeTriesUsedUp)
        for number in 2...50 { _ = try await scene.challenge(sid, wrong, request: "r\(number)") }
        #expect(
            await scene.failure { try await scene.challenge(sid, wrong, request: "r51") }?.meaning == .challengeLimit)
        scene.stage.simulator.advanceClock(by: .seconds(300))
        #expect(await scene.failure { try await answer() }?.meaning == .challengeOver)
    }

    @Test func `A lost answer is found again`() async throws {
        let scene = try await Scene()
        let (twilio, identity) = (scene.twilio, scene.identity)
        let lost = SimulatorFault(.closeAfter, count: 1)
        scene.stage.simulator.setFault(lost, on: .createFactor)
        #expect(await scene.failure { try await scene.create() }?.effect == .unknown)
        let sid = try #require(try await twilio.factors(identity: identity)?.first?.sid)
        scene.stage.simulator.setFault(lost, on: .verifyFactor)
        let code = try scene.code()
        let verification = await scene.failure {
            try await twilio.verifyFactor(sid: sid, identity: identity, code: code, gate: { true })
        }
        #expect(verification?.effect == .unknown)
        let fetched = try await twilio.fetchFactor(sid: sid, identity: identity)
        #expect(fetched?.isVerified(sid: sid, identity: identity) == true)
        scene.stage.simulator.setFault(lost, on: .createChallenge)
        #expect(await scene.failure { try await scene.challenge(sid, code, request: "mine") }?.effect == .unknown)
        let found = try await twilio.challenges(identity: identity, factorSID: sid)?.first
        #expect(found?.approves(request: "mine", factorSID: sid, identity: identity) == true)
        scene.stage.simulator.setFault(lost, on: .deleteEntity)
        let deletion = await scene.failure { try await twilio.deleteEntity(identity: identity, gate: { true }) }
        #expect(deletion?.effect == .unknown)
        #expect(try await twilio.factors(identity: identity) == nil)
    }
}
