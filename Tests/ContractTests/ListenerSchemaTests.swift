import Foundation
import Testing
import Wire

@Suite("What listeners hear is what its schemas say")
struct ListenerSchemaTests {
    private let schemas: Schemas

    init() throws {
        schemas = try Schemas.published()
    }

    /// What an event's schema refuses.
    private var forbidden: Set<String> {
        let properties = schemas.properties(of: schemas.file("event.v1.json"))
        return Set(properties.filter { $0.value.schema == .bool(false) }.map(\.key))
    }

    private func event(_ reply: JSON) throws -> JSON {
        let body = try #require(OutcomeEvent.body(ofReply: try reply.bytes) { _ in "somebody" })
        return try JSON(bytes: body)
    }

    @Test("an event has what its reply has, but no sentence and no secret")
    func fields() throws {
        let full = try JSON(bytes: Reply.full.encoded())
        #expect(forbidden == ["message", "secret", "uri", "qr", "ticket", "code", "entries"])
        #expect(Set(try event(full).members.keys) == Set(full.members.keys).subtracting(forbidden))
    }

    @Test("the replies of the schemas make such events", arguments: JobKind.allCases)
    func masked(kind: JobKind) throws {
        for reply in schemas.examples(schemas.reply(kind)) {
            let event = try event(reply)
            #expect(forbidden.isDisjoint(with: event.members.keys))
            #expect(event["outcome"] == reply["outcome"])
            #expect(event["user"] == reply["user"].map { _ in .string("somebody") })
        }
    }

    @Test("an event's examples have no field that the program does not know")
    func eventExamples() throws {
        for example in schemas.examples(schemas.file("event.v1.json")) {
            let reply = try Reply.decode(try example.with("message", .string("m")).bytes)
            #expect(try JSON(bytes: reply.encoded()).with("message", nil) == example)
        }
    }

    @Test("a status reads back as its example is written")
    func statusExamples() throws {
        for example in schemas.examples(schemas.file("status.v1.json")) {
            let status = try JSONDecoder().decode(ChannelStatus.self, from: Data(try example.bytes))
            #expect(try JSON(bytes: status.encoded()) == example)
        }
    }

    @Test("a status has every method, in one of the listed states")
    func states() throws {
        let channels = try #require(schemas.properties(of: schemas.file("status.v1.json"))["channels"])
        #expect(schemas.required(of: channels) == Set(Wire.Method.allCases.map(\.rawValue)))
        let method = try #require(schemas.keyword("additionalProperties", of: channels))
        let state = try #require(schemas.properties(of: schemas.follow(method, in: channels.file))["state"])
        #expect(Set(state.schema["enum"]?.texts ?? []) == Set(ChannelStatus.State.allCases.map(\.rawValue)))
    }
}
