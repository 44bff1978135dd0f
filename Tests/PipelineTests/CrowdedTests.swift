import Basics
import Logging
import Store
import TestKit
import Testing
import TwilioVerify
import Wire

@testable import Pipeline

@Suite(.timeLimit(.minutes(10))) struct CrowdedTests {
    /// Counts the calls that must not be made.
    private struct Silent: Transport {
        let calls = Locked(0)

        func perform(
            _ request: TransportRequest, gate: @escaping @Sendable () -> Bool
        ) async throws(TransportError) -> TransportResponse {
            calls.withLock { $0 += 1 }
            throw TransportError(reach: .maybeSent, kind: .timeout)
        }
    }

    private let world: StoreWorld
    private let store: any LoginStore
    private let transport = Silent()
    private let pipeline: Pipeline

    init() async throws {
        world = try await StoreWorld()
        store = try await world.worker(clocks: .system)
        let account = TwilioAccount(
            user: "AC1", password: Redacted("token"), accountSID: "AC1", serviceSID: "VA1")
        let twilio = TwilioClient(baseURL: "http://127.0.0.1:1", account: { account }, transport: transport)
        pipeline = Pipeline(
            store: store, twilio: twilio, settings: PipelineSettings(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func envelope(_ key: String = "register.phone", _ body: String? = nil) -> Envelope {
        let body = body ?? #"{"user":"u1","phone":"+14155550142","channel":"sms"}"#
        var envelope = Envelope(
            lane: JobKind(rawValue: key)?.lane ?? .account, exchange: "verify", routingKey: key,
            body: .bytes(Array(body.utf8)), receivedAt: .now())
        envelope.contentType = "application/json"
        envelope.messageID = "m-1"
        envelope.userID = "web"
        envelope.replyTo = "verify.reply.web.1"
        return envelope
    }

    /// `nil` for a job that is under way.
    private func crowdedOut(_ envelope: Envelope) async throws -> Disposition? {
        let context = JobContext(envelope, slot: NoSlot())
        return try await pipeline.crowdedOut(context) ? context.disposition : nil
    }

    private func reply(_ disposition: Disposition?) throws -> Reply {
        try Reply.decode(#require(disposition?.publication).body)
    }

    @Test("it is throttled for want of room, recorded, and repeated when asked again")
    func throttled() async throws {
        let reply = try reply(await crowdedOut(envelope()))
        #expect(reply.outcome == .throttled)
        #expect(reply.limit == .site)
        let retryAt = try #require(reply.retryAt.flatMap { Timestamp(rfc3339: $0) })
        let at = try #require(Timestamp(rfc3339: reply.at))
        #expect(retryAt - at == .seconds(5))
        #expect(reply.job == "m-1")
        #expect(reply.user == "u1")
        let key = JobKey(frontEnd: "web", messageID: "m-1")
        guard case .recorded(let record) = try await store.state(of: key) else {
            Issue.record("not recorded")
            return
        }
        #expect(record.outcome == .throttled)
        let again = try self.reply(await crowdedOut(envelope()))
        #expect(again.retryAt == reply.retryAt)
        #expect(transport.calls.withLock { $0 } == 0)
    }

    @Test("a job that is under way is not answered")
    func underWay() async throws {
        let envelope = envelope()
        let read = JobDecoder().read(envelope)
        guard case .job(let job) = read.content else {
            Issue.record("no job")
            return
        }
        let new = pipeline.newJob(job, "m-1", JobContext(envelope, slot: NoSlot()))
        let number = try #require(E164("+14155550142"))
        let call = PlannedCall.send(
            PlannedSend(
                place: NumberPlace(number: number, region: "US", isLandline: false), channel: .sms, locale: nil,
                purpose: .register))
        guard case .intent(let intent) = try await store.begin(new, decide: { _ in .call(call, changes: []) }) else {
            Issue.record("not begun")
            return
        }
        #expect(try await crowdedOut(envelope) == nil)
        // Nor does a refusal that comes by at the same time take its place.
        let late = Answer(outcome: .late, reason: nil, body: [])
        guard case .inProgress? = try await store.refuse(new, answer: late) else {
            Issue.record("refused what is under way")
            return
        }
        guard case .recorded(let record) = try await store.finish(intent, conclude: { _ in late }) else {
            Issue.record("superseded")
            return
        }
        #expect(record.outcome == .late)
    }

    @Test("what only reads is answered without a record")
    func options() async throws {
        let reply = try reply(await crowdedOut(envelope("options", #"{"user":"u1"}"#)))
        #expect(reply.outcome == .throttled)
        guard case .unknown = try await store.state(of: JobKey(frontEnd: "web", messageID: "m-1")) else {
            Issue.record("recorded")
            return
        }
    }

    @Test("what is no job gets its own answer, and what is late is late")
    func others() async throws {
        #expect(try reply(await crowdedOut(envelope("send", "{"))).outcome == .invalid)
        var late = envelope()
        late.messageID = "m-2"
        late.deadline = (late.receivedAt + .seconds(1)).description
        #expect(try reply(await crowdedOut(late)).outcome == .late)
        var elsewhere = envelope()
        elsewhere.replyTo = "verify.send"
        #expect(try await crowdedOut(elsewhere)?.publication == nil)
    }
}
