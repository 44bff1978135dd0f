import Basics
import Logging
import Store
import TestKit
import Testing
import TwilioVerify
import Wire

@testable import Pipeline

/// Notes what passes its gate, and answers that Twilio knows nothing of it.
private final class NotingTransport: Transport {
    private let noted = Locked(0)
    var count: Int { noted.withLock { $0 } }

    func perform(
        _ request: TransportRequest, gate: @escaping @Sendable () -> Bool
    ) async throws(TransportError) -> TransportResponse {
        guard gate() else { throw TransportError(reach: .surelyNotSent, kind: .withheld) }
        noted.withLock { $0 += 1 }
        return TransportResponse(status: 404)
    }
}

/// A site whose only room for a call another worker holds, if it is taken.
private struct CrowdedSite {
    let scene: BudgetScene
    let transport = NotingTransport()

    init() async throws { scene = try await BudgetScene(CallLimits(atOnce: 1), workers: 2) }

    var twilio: TwilioClient {
        TwilioClient(
            baseURL: "http://127.0.0.1:1",
            account: { TwilioAccount(user: "AC1", password: Redacted("-"), accountSID: "AC1", serviceSID: "VA1") },
            transport: transport, clocks: scene.time.clocks)
    }

    func takeRoom() async -> CallPlace {
        let place = await scene.enter(scene.budgets[1])
        _ = place.mayDepart()
        return place
    }

    func caller() -> Caller {
        let settings = PipelineSettings()
        let reconciler = Reconciler(
            store: scene.store.inner, twilio: twilio, settings: settings, clocks: scene.time.clocks)
        return Caller(
            store: scene.store.inner, twilio: twilio, reconciler: reconciler, budget: scene.budget,
            circuits: CircuitBreakers(clocks: scene.time.clocks, observer: nil, logger: Logger(label: "test")),
            settings: settings, clocks: scene.time.clocks, observer: nil)
    }

    /// A send with 30 seconds to its deadline.
    func job() throws -> NewJob {
        let now = scene.time.clocks.wall()
        return NewJob(
            key: JobKey(frontEnd: "web", messageID: "m-1"), kind: .send, body: Redacted([1]),
            login: Job.Login(user: "u1", login: "sign-in-1"), place: try Scene().place, receivedAt: now,
            deadline: now + .seconds(30))
    }

    func begin(_ worker: Int) async throws -> Begun {
        let call = PlannedCall.send(
            PlannedSend(place: try Scene().place, channel: .sms, locale: nil, purpose: .login))
        return try await scene.stores[worker].inner.begin(job()) { _ in .call(call, changes: []) }
    }
}

@Suite("A job that waits for room", .timeLimit(.minutes(10)))
struct CallBudgetRoomTests {
    @Test("is throttled by the site when its time is over, was never called, and never was abandoned")
    func throttled() async throws {
        let site = try await CrowdedSite()
        let (scene, transport) = (site.scene, site.transport)
        _ = await site.takeRoom()
        guard case .intent(let intent) = try await site.begin(0) else { throw Unexpected() }
        let caller = site.caller()
        let finished = Task { try await caller.carryOut(intent, code: nil) }
        try await scene.somebodyWaits()
        let start = scene.time.now
        while scene.time.now - start < .seconds(27) {
            await scene.pass(1)
            // Woken to renew its lease, it comes back at the same moment.
            try await scene.somebodyWaits()
            guard case .inProgress = try await site.begin(1) else { throw Unexpected() }
        }
        await scene.pass(12)
        guard case .recorded(let record) = try await finished.value else { throw Unexpected() }
        let reply = try Reply.decode(record.body)
        #expect(reply.outcome == .throttled && reply.limit == .site)
        #expect(reply.retryAt.flatMap { Timestamp(rfc3339: $0) }.map { $0 > scene.time.clocks.wall() } == true)
        #expect(transport.count == 0)
    }

    @Test("is called when a place becomes free")
    func called() async throws {
        let site = try await CrowdedSite()
        let scene = site.scene
        let place = await site.takeRoom()
        guard case .intent(let intent) = try await site.begin(0) else { throw Unexpected() }
        let caller = site.caller()
        let finished = Task { try await caller.carryOut(intent, code: nil) }
        try await scene.somebodyWaits()
        await scene.pass(150)
        #expect(site.transport.count == 0)
        place.leave()
        await scene.pass(4)
        guard case .recorded(let record) = try await finished.value else { throw Unexpected() }
        #expect(record.outcome == .unavailable)
        #expect(site.transport.count == 1)
        // Its place is free again.
        await scene.pass(4)
        let next = await scene.enter(scene.budgets[1])
        #expect(await scene.hasRoom(next))
    }

    @Test("as a read gives up sooner, before anything left")
    func read() async throws {
        let site = try await CrowdedSite()
        let (scene, number) = (site.scene, try Scene().number)
        let twilio = site.twilio.over { BudgetedTransport(transport: $0, budget: scene.budget) }
        let place = await site.takeRoom()
        let read = Task { () -> CallFailure? in
            do throws(CallFailure) {
                _ = try await twilio.fetchVerification(.number(number))
                return nil
            } catch { return error }
        }
        try await scene.somebodyWaits()
        await scene.pass(41)
        let failure = await read.value
        #expect(failure?.result == .withheld && failure?.effect == CallFailure.Effect.none)
        #expect(site.transport.count == 0)
        place.leave()
        await scene.pass(4)
        let again = Task { () -> Bool in (try? await twilio.fetchVerification(.number(number))) == .some(.none) }
        try await Wait.until("a renewal", pause: .zero) { scene.budget.state.withLock { $0.isRenewing } }
        await scene.settle()
        #expect(await again.value)
        #expect(site.transport.count == 1)
    }
}

private struct Unexpected: Error {}
