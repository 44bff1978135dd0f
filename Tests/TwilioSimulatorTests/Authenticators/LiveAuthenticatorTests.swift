import Basics
import Logging
import TestKit
import Testing
import Web

@testable import TwilioSimulator

@Suite("Authenticators over a real socket", .timeLimit(.minutes(10))) struct LiveAuthenticatorTests {
    private static let person = "/v2/Services/VA00000000000000000000000000000001/Entities/\(Fixture.identity)"
    private static let secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

    /// What oathtool says that an app shows at that time.
    private static func oathtool(at time: Timestamp) async throws -> String {
        let tool = Tool("oathtool", "--totp", "-b", "--now=@\(time.wholeSeconds)", "-")
        return String(decoding: try await tool.run(Array(secret.utf8)).dropLast(), as: UTF8.self)
    }

    /// A simulator with a factor, verified or not, and a pending challenge if it is.
    private struct Scene: Sendable {
        let port: Int
        let simulator: TwilioSimulator
        var factor = ""
        var challenge = ""

        init(_ simulator: TwilioSimulator, _ port: Int, verified: Bool = true) async throws {
            (self.simulator, self.port) = (simulator, port)
            let form = "FriendlyName=Phone&FactorType=totp&Binding.Secret=\(secret)"
            factor = try Self.sid("YF", in: await send("/Factors", form: form))
            guard verified else { return }
            let code = try await LiveAuthenticatorTests.oathtool(at: simulator.now)
            #expect(await send("/Factors/\(factor)", form: "AuthPayload=\(code)").contains("\"status\":\"verified\""))
            challenge = try Self.sid("YC", in: await send("/Challenges", form: "FactorSid=\(factor)"))
        }

        func send(_ path: String, method: String? = nil, form: String? = nil) async -> String {
            await BlockingHTTP.send(port: port, person + path, method: method, form: form)
        }

        private static func sid(_ prefix: String, in answer: String) throws -> String {
            let start = try #require(answer.firstRange(of: "{\"sid\":\"\(prefix)"))
            return prefix + answer[start.upperBound...].prefix(32)
        }
    }

    @Test func `Codes of oathtool verify a factor and approve challenges`() async throws {
        try await withSimulator { simulator, port in
            let scene = try await Scene(simulator, port)
            let code = try await Self.oathtool(at: simulator.now)
            let form = "FactorSid=\(scene.factor)&AuthPayload=\(code)"
            let approved = await scene.send("/Challenges", form: form)
            #expect(approved.hasPrefix("HTTP/1.1 201 "))
            #expect(approved.contains("\"status\":\"approved\""))
            _ = await BlockingHTTP.send(port: port, "/_simulator/codes", form: "replay=refused")
            #expect(await scene.send("/Challenges", form: form).contains("\"status\":\"pending\""))
            _ = await BlockingHTTP.send(port: port, "/_simulator/clock", form: "advance_seconds=90")
            let later = try await Self.oathtool(at: simulator.now)
            let answered = await scene.send("/Challenges/\(scene.challenge)", form: "AuthPayload=\(later)")
            #expect(answered.hasPrefix("HTTP/1.1 200 "))
            #expect(answered.contains("\"status\":\"approved\""))
            #expect(await scene.send("", method: "DELETE").hasPrefix("HTTP/1.1 204 "))
            #expect(await scene.send("/Factors").contains("\"code\":20404"))
            #expect(simulator.statistics.challengesApproved == 2)
            #expect(simulator.requests(.createChallenge) == 3)
        }
    }

    /// What is asked of a scene, and the member that tells afterwards whether it was done.
    private static func request(_ operation: SimulatorOperation, _ scene: Scene) async throws -> (
        method: String?, path: String, form: String?
    ) {
        switch operation {
        case .createFactor: return (nil, "/Factors", "FriendlyName=x&FactorType=totp")
        case .verifyFactor:
            return (nil, "/Factors/\(scene.factor)", "AuthPayload=\(try await oathtool(at: scene.simulator.now))")
        case .createChallenge:
            let code = try await oathtool(at: scene.simulator.now)
            return (nil, "/Challenges", "FactorSid=\(scene.factor)&AuthPayload=\(code)")
        case .answerChallenge:
            let code = try await oathtool(at: scene.simulator.now)
            return (nil, "/Challenges/\(scene.challenge)", "AuthPayload=\(code)")
        case .deleteFactor: return ("DELETE", "/Factors/\(scene.factor)", nil)
        case .deleteEntity: return ("DELETE", "", nil)
        case .listFactors: return (nil, "/Factors", nil)
        case .listChallenges: return (nil, "/Challenges", nil)
        case .fetchFactor: return (nil, "/Factors/\(scene.factor)", nil)
        case .fetchChallenge: return (nil, "/Challenges/\(scene.challenge)", nil)
        default: return (nil, "", nil)
        }
    }

    private static func isDone(_ operation: SimulatorOperation, _ simulator: TwilioSimulator) -> Bool? {
        let (entity, counted) = simulator.state.withLock { ($0.twilio.entities.values.first, $0.twilio.statistics) }
        return switch operation {
        case .createFactor: entity?.factors.count == 2
        case .verifyFactor: counted.factorsVerified == 1
        case .createChallenge: entity?.challenges.count == 2 && counted.challengesApproved == 1
        case .answerChallenge: counted.challengesApproved == 1
        case .deleteFactor: entity?.factors.isEmpty == true
        case .deleteEntity: entity == nil
        default: nil
        }
    }

    private static let operations: [SimulatorOperation] = [
        .createFactor, .verifyFactor, .createChallenge, .answerChallenge, .deleteFactor, .deleteEntity, .fetchEntity,
        .listFactors, .fetchFactor, .listChallenges, .fetchChallenge,
    ]

    private static let orders = [
        "kind=close-after", "kind=close-before", "kind=hang&ms=1", "kind=503", "kind=503&performed=true",
        "kind=429", "kind=garbage", "kind=cut-short", "kind=slow-body&ms=0", "kind=delay&ms=1",
        "kind=error&code=20403",
    ]

    @Test(arguments: operations, orders) func `Every operation can go wrong, done or not`(
        operation: SimulatorOperation, order: String
    ) async throws {
        try await withSimulator { simulator, port in
            let scene = try await Scene(simulator, port, verified: operation != .verifyFactor)
            let request = try await Self.request(operation, scene)
            let fault = try FaultOrder(FormFields("operation=\(operation.rawValue)&count=1&\(order)"))
            simulator.setFault(fault.fault, on: operation)
            let before = simulator.requests(operation)
            let answer = await scene.send(request.path, method: request.method, form: request.form)
            let isDone = try #require(fault.fault).performs
            if let done = Self.isDone(operation, simulator) { #expect(done == isDone) }
            #expect(simulator.requests(operation) == before + 1)
            switch order {
            case "kind=close-after", "kind=close-before", "kind=hang&ms=1": #expect(answer == "")
            case "kind=503", "kind=503&performed=true": #expect(answer.hasPrefix("HTTP/1.1 503 "))
            case "kind=429": #expect(answer.contains("\r\nRetry-After: 1\r\n"))
            case "kind=error&code=20403": #expect(answer.contains("{\"code\":20403,"))
            case "kind=garbage": #expect(answer.hasSuffix("{\"sid\": \"VE"))
            case "kind=cut-short" where !answer.hasPrefix("HTTP/1.1 204 "): #expect(!answer.hasSuffix("}"))
            default: #expect(answer.hasPrefix("HTTP/1.1 20"))
            }
        }
    }

    /// Keeps what is logged.
    private struct Keeper: LogHandler {
        let lines: Locked<[String]>
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            lines.withLock { $0.append("\(event.message) \(all)") }
        }
    }

    @Test func `No secret and no code is logged, however much is`() async throws {
        let lines = Locked<[String]>([])
        let logger = Logger(label: "test") { _ in Keeper(lines: lines) }
        try await withSimulator(logger: logger) { simulator, port in
            let scene = try await Scene(simulator, port)
            let code = try await Self.oathtool(at: simulator.now)
            _ = await scene.send("/Challenges", form: "FactorSid=\(scene.factor)&AuthPayload=\(code)")
            for text in lines.withLock({ $0 }) { #expect(!text.contains(Self.secret) && !text.contains(code)) }
            let dumped = simulator.state.withLock { String(reflecting: $0.twilio.entities) }
            #expect(dumped.contains(Fixture.identity))
            #expect(!dumped.contains(Self.secret))
            #expect(!dumped.contains("72, 101, 108, 108, 111"))
        }
        #expect(!lines.withLock { $0.isEmpty })
    }
}
