import Basics

/// All rules of the simulated Twilio Verify, without any input or output: time, codes and identifiers come from
/// outside.
struct SimulatedTwilio: Sendable {
    /// Sends per verification (Twilio's error 60203) and checks per verification (60202).
    static let maximumSends = 5
    static let maximumChecks = 5
    /// How far back `/v2/Attempts` looks.
    static let attemptsWindow = Duration.seconds(30 * 24 * 3600)

    /// A number has at most one live verification per service.
    struct SessionKey: Hashable, Sendable {
        var serviceSID: String
        var to: String
    }

    /// Where codes and identifiers come from; tests put their own here.
    struct Sources: Sendable {
        /// A code of that many digits.
        var code: @Sendable (Int) -> String
        /// An identifier that starts with the two letters.
        var sid: @Sendable (String) -> String
        /// The secret of a factor that brings none: 160 bits, as in Twilio's example.
        var secret: @Sendable () -> Redacted<[UInt8]>

        static let system = Sources(
            code: { length in (0..<length).map { _ in String(Int.random(in: 0...9)) }.joined() },
            sid: { $0 + RandomID.hex(bytes: 16) },
            secret: { Redacted((0..<20).map { _ in UInt8.random(in: .min ... .max) }) })
    }

    let configuration: SimulatorConfiguration
    let sources: Sources
    /// In the order of their creation.
    var services: [SimulatedService]
    /// Deleted ones included.
    var servicesMade = 1
    /// Every verification ever made, by its SID.
    var verifications: [String: SimulatedVerification] = [:]
    /// The latest verification of each number.
    var latest: [SessionKey: String] = [:]
    /// Oldest first.
    var attempts: [SimulatedAttempt] = []
    /// Oldest first.
    var outbox: [SimulatedMessage] = []
    var entities: [SimulatedEntity.Key: SimulatedEntity] = [:]
    /// Deleted ones included.
    var entitiesMade = 0
    /// Those of the latest minute, while there is a limit.
    var entityCreations: [Timestamp] = []
    var codes: CodeRules
    var statistics = SimulatorStatistics()
    /// Every number that a message went to; kept apart so that counting them stays cheap in load tests.
    var recipients: Set<String> = []

    init(configuration: SimulatorConfiguration, sources: Sources = .system, now: Timestamp) {
        self.configuration = configuration
        self.sources = sources
        codes = CodeRules(refuseReplay: configuration.refusesReplay, refuseWrong: configuration.refusesWrongCodes)
        services = [
            SimulatedService(
                ordinal: 0, sid: configuration.serviceSID, friendlyName: "Simulator",
                codeLength: configuration.codeLength,
                created: now, updated: now)
        ]
    }

    /// The service, or 404.
    func service(_ sid: String) throws(APIFailure) -> SimulatedService {
        guard let service = services.first(where: { $0.sid == sid }) else { throw .notFound("/Services/\(sid)") }
        return service
    }

    func isExpired(_ verification: SimulatedVerification, now: Timestamp) -> Bool {
        now >= verification.created + configuration.codeLifetime
    }

    /// The verification by its SID or by its number, while Twilio would still show it: not approved, not expired.
    func visibleVerification(
        service: String, idOrNumber: String, now: Timestamp
    ) -> SimulatedVerification? {
        let sid = latest[SessionKey(serviceSID: service, to: idOrNumber)] ?? idOrNumber
        guard let found = verifications[sid], found.serviceSID == service else { return nil }
        return found.status == .approved || isExpired(found, now: now) ? nil : found
    }
}
