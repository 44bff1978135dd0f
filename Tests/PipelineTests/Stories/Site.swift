import Basics
import Logging
import Pipeline
import Store
import TestKit
import Testing
import TwilioVerify
import Wire

/// A whole site: one store, Twilio, clocks that only the test moves, and any number of workers.
final class Site: Sendable {
    let world: StoreWorld
    let twilio: FakeTwilio
    private let workers = Locked<[any LoginStore]>([])

    init(_ kind: StoreKind, options: [String: String] = ["2FA_LOGINTYPE_WEB": "All"]) async throws {
        world = try await StoreWorld(kind, options: options)
        twilio = FakeTwilio(time: world.time)
    }

    var now: Timestamp { world.time.wall }
    func advance(_ duration: Duration) { world.time.advance(duration) }

    func worker(_ change: (inout PipelineSettings) -> Void = { _ in }) async throws -> Desk {
        var settings = PipelineSettings()
        // The budget of calls waits in real time, and has tests of its own.
        settings.callLimits = CallLimits()
        change(&settings)
        let store = try await world.worker()
        workers.withLock { $0.append(store) }
        let account = TwilioAccount(
            user: "SK", password: Redacted("x"), accountSID: "AC", serviceSID: FakeTwilio.service)
        let client = TwilioClient(
            baseURL: "https://twilio.invalid", account: { account }, transport: twilio, clocks: world.time.clocks)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let pipeline = Pipeline(
            store: store, twilio: client, settings: settings, clocks: world.time.clocks, logger: logger)
        return Desk(site: self, store: store, pipeline: pipeline)
    }

    /// Ends one worker as a crash would.
    func crash(_ desk: Desk) async { await world.end(desk.store) }

    func end() async {
        for worker in workers.withLock({ $0 }) { await world.end(worker) }
    }
}

/// Numbers that can be dialled.
enum Number {
    static let anna = "+14155550142"
    static let bob = "+14155550199"
    static let eve = "+14155550123"
}

/// A site with one worker, ended after the story.
func story(
    _ kind: StoreKind, _ change: (inout PipelineSettings) -> Void = { _ in },
    _ tell: (Site, Desk) async throws -> Void
) async throws {
    let site = try await Site(kind)
    let desk = try await site.worker(change)
    try await tell(site, desk)
    await site.end()
}
