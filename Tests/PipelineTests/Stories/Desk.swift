import Basics
import Pipeline
import Store
import Testing
import Wire

/// One worker of a site, and the front end that asks it.
struct Desk: Sendable {
    let site: Site
    let store: any LoginStore
    let pipeline: Pipeline

    private struct NoSlot: Slot {
        func release() async {}
        func acquire() async {}
    }

    func envelope(_ kind: JobKind, _ body: [String: JSONValue], id: String = RandomID.uuid()) throws -> Envelope {
        envelope(kind, bytes: JSONValue.object(body).encoded(), id: id)
    }

    func envelope(_ kind: JobKind, bytes: [UInt8], id: String = RandomID.uuid()) -> Envelope {
        var envelope = Envelope(
            lane: kind.lane, exchange: "verify", routingKey: kind.rawValue, body: .bytes(bytes), receivedAt: site.now)
        (envelope.contentType, envelope.messageID) = ("application/json", id)
        (envelope.userID, envelope.replyTo) = ("portal", "verify.reply.portal.1")
        return envelope
    }

    func process(_ envelope: Envelope) async throws -> Disposition {
        let context = JobContext(envelope, slot: NoSlot())
        try await pipeline.process(context)
        return context.disposition
    }

    /// The reply to a message as it is.
    func ask(_ envelope: Envelope) async throws -> Reply {
        let publication = try #require(try await process(envelope).publication)
        return try Reply.decode(publication.body)
    }

    /// The reply to a job.
    func ask(
        _ kind: JobKind, _ body: [String: JSONValue], id: String = RandomID.uuid(),
        _ change: (inout Envelope) -> Void = { _ in }
    ) async throws -> Reply {
        var envelope = try envelope(kind, body, id: id)
        change(&envelope)
        return try await ask(envelope)
    }
}

/// What people and administrators do.
extension Desk {
    func options(_ user: String = "anna", _ login: String = "sign-in-1") async throws -> Reply {
        try await ask(.options, ["user": .string(user), "login": .string(login)])
    }

    func startPhone(
        _ number: String, _ user: String = "anna", _ login: String = "sign-in-1", id: String = RandomID.uuid(),
        _ more: [String: JSONValue] = [:]
    ) async throws -> Reply {
        let body: [String: JSONValue] = [
            "user": .string(user), "login": .string(login), "phone": .string(number), "channel": "sms",
        ]
        return try await ask(.registerPhone, body.merging(more) { $1 }, id: id)
    }

    func send(
        _ user: String = "anna", _ login: String = "sign-in-1", id: String = RandomID.uuid(),
        _ more: [String: JSONValue] = [:]
    ) async throws -> Reply {
        let body: [String: JSONValue] = ["user": .string(user), "login": .string(login), "channel": "sms"]
        return try await ask(.send, body.merging(more) { $1 }, id: id)
    }

    func check(
        _ code: String, _ user: String = "anna", _ login: String = "sign-in-1", id: String = RandomID.uuid(),
        _ more: [String: JSONValue] = [:]
    ) async throws -> Reply {
        let body: [String: JSONValue] = ["user": .string(user), "login": .string(login), "code": .string(code)]
        return try await ask(.check, body.merging(more) { $1 }, id: id)
    }

    func admin(
        _ kind: JobKind, _ body: [String: JSONValue] = [:], id: String = RandomID.uuid()
    ) async throws -> Reply {
        try await ask(kind, body.merging(["operator": "root"]) { $1 }, id: id)
    }

    /// Registers a phone as a person does; the approval lets the next code go out at once.
    func register(_ number: String = Number.anna, _ user: String = "anna") async throws {
        let sent = try await startPhone(number, user, "registering")
        #expect(sent.outcome == .sent)
        let approved = try await check(code(number), user, "registering")
        #expect(approved.outcome == .approved && approved.registered == .phone)
    }

    func code(_ number: String = Number.anna) throws -> String { try #require(site.twilio.code(of: number)) }

    /// A code that is surely not the right one.
    func wrong(_ number: String = Number.anna) -> String {
        site.twilio.code(of: number) == "999999" ? "999998" : "999999"
    }
}
