import AMQP
import Basics
import Wire

/// Jobs that are not as they ought to be, or as nobody expects them.
extension CaseRun {
    func malformed() async throws {
        let person = Person(situation)
        let user = person.user
        let bodies: [(JobKind, String, field: String?)] = [
            (.options, "", nil), (.options, "{", nil), (.options, "[]", nil),
            (.options, #"{"user":"\#(user)","user":"\#(user)"}"#, nil),
            (.options, #"{"user":7}"#, "user"), (.options, "{}", "user"),
            (.options, #"{"user":"\#(user)","application":"phone"}"#, "application"),
            (.send, #"{"user":"\#(user)","channel":"pigeon"}"#, "channel"),
            (.send, #"{"user":"\#(user)"}"#, "channel"),
            (.check, #"{"user":"\#(user)","code":314159}"#, "code"),
            (.registerPhone, #"{"user":"\#(user)","phone":["+14155550142"],"channel":"sms"}"#, "phone"),
            (.options, #"{"user":"\#(user)","login":"short"}"#, "login"),
        ]
        for (kind, text, field) in bodies {
            var job = job(kind, person)
            (job.body, job.user) = (Array(text.utf8), nil)
            let shown = text.isEmpty ? "of no bytes" : text.replacing(user, with: "…")
            try judge(try await ask(job), field, "\(kind.rawValue) with the body \(shown)")
        }
        var packed = job(.options, person)
        packed.properties.contentType = "text/plain"
        try judge(try await ask(packed), "content_type", "options with content_type text/plain")
        var other = job(.options, person)
        other.properties.type = "verify.send.v1"
        try judge(try await ask(other), "type", "options with the type of send")
    }

    private func judge(_ reply: SeenReply, _ field: String?, _ what: String) throws {
        guard reply.outcome == .invalid else { return note(.tookMalformed, "\(what): \(reply.told), not 'invalid'") }
        guard let field else { return }
        let named = (reply.list("errors") ?? []).contains { entry in
            if case .object(let members) = entry { members["field"] == .string(field) } else { false }
        }
        if !named { note(.tookMalformed, "\(what): 'errors' do not name '\(field)'") }
    }

    func mistyped() async throws {
        let person = Person(situation)
        let reply = try await ask(.registerPhone, person, ["phone": "+1 415 555", "channel": "sms"])
        try judge(reply, "phone", "register.phone with half a number")
        let (waiting, code) = try await waiting()
        try judge(try await check("abc", of: waiting), "code", "check with letters for a code")
        try expect(try await check(code, of: waiting), .approved, for: "the right code after letters: they cost no try")
    }

    func laterVersion() async throws {
        var job = job(.options, Person(situation))
        job.properties.type = "verify.options.v2"
        let reply = try await ask(job)
        try expect(reply, .invalid, reasons: .versionUnsupported, as: .tookMalformed, for: "a job of version 2")
    }

    func unknownFields() async throws {
        let person = try await registered()
        let hat = JSONValue.object(["size": 7, "feathers": .array(["red", .null])])
        var job = job(.send, person, ["channel": "sms", "hat": hat, "outcome": "approved", "locale": .null])
        job.set("of_tomorrow", "yes")
        try expect(try await ask(job), .sent, as: .refusedUnknown, for: "a send with fields of a later version")
        let code = try await code(of: person)
        var check = self.job(.check, person, ["code": .string(code), "method": .null, "client": .null, "hat": hat])
        check.properties.appID = "conformance"
        try expect(try await ask(check), .approved, as: .refusedUnknown, for: "a check with fields of a later version")
    }

    func echoes() async throws {
        let person = Person(situation)
        var any = job(.cancel, person)
        any.properties.correlationID = [0, 0xFF, 0xC3, 0x28, 0x0A] + RandomID.hex(bytes: 16).utf8
        any.set("traceparent", "00-\(RandomID.hex(bytes: 16))-\(RandomID.hex(bytes: 8))-01")
        try await ask(any)
        var longest = job(.cancel, person)
        longest.properties.correlationID = Array(RandomID.hex(bytes: 64).utf8)
        try await ask(longest)
        var none = job(.cancel, person)
        none.properties.correlationID = nil
        try await ask(none)
    }
}
