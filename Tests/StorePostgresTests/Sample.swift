import Basics
import Foundation
import Logging
import Store
import StorePostgres
import TestKit
import Wire

enum Sample {
    static let number = "+15005550142"

    static func place(_ text: String = number) throws -> NumberPlace {
        guard let number = E164(text) else { throw StoreError(.failed, "\(text) is no number") }
        return NumberPlace(number: number, region: "US", isLandline: false)
    }

    static func job(_ id: String, user: String, kind: JobKind = .send, number: String? = nil) -> NewJob {
        let now = Timestamp.now()
        return NewJob(
            key: JobKey(frontEnd: "portal", messageID: id), kind: kind, body: Redacted(Array("body \(id)".utf8)),
            login: Job.Login(user: user, login: "", client: "10.0.0.9", locale: "en"),
            place: number.flatMap { try? place($0) }, receivedAt: now, deadline: now + .seconds(60))
    }

    static func call(_ number: String = number) throws -> PlannedCall {
        .send(PlannedSend(place: try place(number), channel: .sms, locale: "en", purpose: .login))
    }

    static func answer(_ outcome: Outcome = .sent, _ changes: [Change] = []) -> Answer {
        Answer(outcome: outcome, reason: nil, body: Array("reply".utf8), changes: changes)
    }

    /// A person who has registered a phone.
    static func user(_ name: String, phone: String = number) throws -> UserRecord {
        var user = UserRecord(name: name)
        user.isKnown = true
        user.phone = Phone(place: try place(phone), registeredAt: Timestamp.now())
        return user
    }
}

extension Begun {
    var intent: Intent? { if case .intent(let intent) = self { intent } else { nil } }
    var recorded: RecordedReply? { if case .recorded(let reply, _) = self { reply } else { nil } }
    var isInProgress: Bool { if case .inProgress = self { true } else { false } }
    var abandoned: Intent? { if case .abandoned(let intent) = self { intent } else { nil } }
}

/// A store at a server, whose own time decides.
final class Place: Sendable {
    let server: PrivatePostgres
    let location: String
    private let world: StoreWorld
    private let clocks: Clocks?

    /// - Parameters:
    ///   - server: one of its own; the tests' common one otherwise.
    ///   - clocks: whose time decides in place of the server's, for tests that may take longer than a lease.
    init(_ server: PrivatePostgres? = nil, clocks: Clocks? = nil) async throws {
        self.clocks = clocks
        world = try await StoreWorld(.sqlite)
        let chosen: PrivatePostgres
        if let server { chosen = server } else { chosen = try await PrivatePostgres.shared() }
        self.server = chosen
        location = try await chosen.makeSchema()
        try await PostgresKeeping.create(try configuration(), siteOptions: [:])
    }

    deinit { server.drop(location) }

    /// - Parameter other: another place of the same store.
    func configuration(at other: String? = nil) throws -> PostgresConfiguration {
        let key = world.folder.path + "/postgres.key"
        guard var configuration = PostgresConfiguration(other ?? location, keyFile: key) else {
            throw StoreError(.failed, "\(location) is no place")
        }
        if let clocks { configuration.use(clocks) }
        return configuration
    }

    func worker(clocks: Clocks = .system, at other: String? = nil) async throws -> PostgresStore {
        try await PostgresStore.open(
            try configuration(at: other), clocks: clocks, logger: Logger(label: "test"))
    }
}
