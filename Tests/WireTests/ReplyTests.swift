import Basics
import Foundation
import Testing

@testable import Wire

@Suite("Contract 3: a reply")
struct ReplyTests {
    private let now = Timestamp(seconds: 1_800_000_000)

    @Test("3 Body: absent fields left out; 3 Always there: outcome, message, at")
    func bare() {
        let text = String(decoding: Reply(.approved, at: now).encoded(), as: UTF8.self)
        #expect(
            text == #"{"at":"2027-01-15T08:00:00.000Z","message":"The code was right.","outcome":"approved"}"#)
    }

    @Test("3 Body: the contract's names, every field, in a stable order")
    func names() throws {
        let text = String(decoding: full().encoded(), as: UTF8.self)
        let keys = [
            "alternatives", "application", "at", "because", "before", "channel", "checks_left", "code", "counts",
            "decision", "delivery", "effect", "entries", "errors", "expires_at", "job", "letters", "limit", "limits",
            "message",
            "methods", "needs_ticket", "next", "options", "outcome", "profile", "provider_pending", "qr", "reason",
            "register", "register_channels", "registered", "retry_at", "same_code", "secret", "sends_left", "ticket",
            "to", "uri", "user", "users", "warnings",
        ]
        guard case .object(let members) = try JSONParser.parse(full().encoded(), maximumDepth: 8) else {
            Issue.record("no object: \(text)")
            return
        }
        #expect(members.keys.sorted() == keys)
        var rest = text[...]
        for key in keys {
            let range = try #require(rest.firstRange(of: "\"\(key)\":"), "\(key) in \(text)")
            rest = rest[range.upperBound...]
        }
    }

    @Test(
        "3 Body: what lists and objects in it hold",
        arguments: [
            #""reason":"code_expired""#, #""limit":"code_tries""#, #""to":"+1········42""#,
            #""errors":[{"field":"phone","reason":"not_a_number"}]"#,
            #""methods":[{"method":"sms","retry_at":"t","to":"+1········42","usable":true}]"#,
            #""qr":{"data":"<svg/>","type":"image/svg+xml"}"#,
            #""options":{"2FA_PROVIDER":{"source":"store","value":"None"}}"#,
            #""effect":{"required_without_method":2,"users_newly_required":3,"users_without_method":1}"#,
            #""limits":[{"allowed":10,"name":"sends_per_user_hour","retry_at":"t","used":10}]"#,
            #"{"body":"{}","front_end":"portal","id":7,"job":"m-9","key":"send","reason":"poison","replays":1,"state":"waiting"}"#
                .replacing("{\"body\"", with: "{\"at\":\"t\",\"body\""),
            #""profile":{"authenticator":true,"authenticator_registered_at":"t","bypass_until":"t","grace_until":"t","#
                + #""known":true,"last_approved_at":"t","locked_until":"t","phone":"+1········42","#
                + #""phone_registered_at":"t","required":true,"ticket_until":"t","user":"u"}"#,
            #""warnings":[{"field":"user","reason":"unknown_user"}]"#, #""register_channels":["call"]"#,
            #""entries":[{"at":"t","detail":"{}","former_user":"v","front_end":"desk","id":7,"job":"m-9","#
                + #""key":"admin.user.set","operator":"ada","outcome":"done","reason":"malformed","user":"u"}]"#,
            #""delivery":{"advice":"Ask.","at":"t","channel":"call","error_code":30005,"status":"undelivered","#
                + #""to":"+1········42"}"#,
        ])
    func parts(part: String) {
        let text = String(decoding: full().encoded(), as: UTF8.self)
        #expect(text.contains(part), "\(text)")
    }

    @Test("3 Body: reads back as it was written, to the same bytes")
    func roundTrip() throws {
        let bytes = full().encoded()
        let reply = try Reply.decode(bytes)
        #expect(reply.encoded() == bytes)
        #expect(reply.outcome == .expired)
        #expect(reply.checksLeft == 3)
        #expect(reply.methods == full().methods && reply.letters == full().letters)
        #expect(reply.profile == full().profile && reply.effect == full().effect && reply.limits == full().limits)
    }

    @Test("3 Body: every field is written, byte for byte as its type says")
    func writer() throws {
        var all = full()
        all.letters?[0].cut = true
        all.methods?[0].reason = .landline
        all.methods?[0].limit = .codeTries
        // Of the properties: it is in no body.
        all.publishedAt = now
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        for reply in [all, full(), Reply(.approved, at: now)] {
            #expect(
                String(decoding: reply.encoded(), as: UTF8.self)
                    == String(decoding: try encoder.encode(reply), as: UTF8.self))
        }
        // A field that is new is in this test, too; as are those of what replies list.
        let parts: [Any?] = [
            all, all.profile, all.limits?.first, all.letters?.first, all.methods?.first, all.qr, all.effect,
            all.errors?.first, all.options?.first?.value, all.entries?.first, all.before, all.delivery,
        ]
        for part in parts {
            let part = try #require(part)
            for child in Mirror(reflecting: part).children {
                #expect("\(child.value)" != "nil", "\(child.label ?? "") of \(type(of: part))")
            }
        }
    }

    @Test("3 Body: a reader ignores unknown fields, and refuses what is no reply")
    func decoding() throws {
        let text = #"{"outcome":"done","message":"m","at":"t","later":{"x":1}}"#
        #expect(try Reply.decode(Array(text.utf8)).outcome == .done)
        for bad in ["", "{}", "[]", #"{"outcome":"perhaps","message":"m","at":"t"}"#] {
            #expect(throws: (any Error).self) { try Reply.decode(Array(bad.utf8)) }
        }
    }

    @Test("3 message: a sentence fit to show, never Twilio's words")
    func sentences() {
        for outcome in Outcome.allCases {
            for reason in [nil] + Reason.allCases.map(Optional.some) {
                let message = Reply(outcome, reason: reason, at: now).message
                #expect(message.hasSuffix("."))
                #expect(!message.contains("_") && !message.contains("Twilio"))
            }
        }
    }

    @Test("5.5 an outage is never a wrong code, in words neither")
    func outageIsNoWrongCode() {
        #expect(Reply(.unavailable, at: now).message != Reply(.denied, at: now).message)
    }

    private func full() -> Reply {
        var reply = Reply(.expired, reason: .codeExpired, at: now)
        reply.job = "m/1"
        reply.user = "Zoë \"Z\""
        reply.application = .windows
        reply.channel = .code(.sms)
        reply.to = "+1········42"
        reply.sameCode = true
        reply.expiresAt = (now + .seconds(600)).description
        reply.retryAt = now.description
        reply.sendsLeft = 4
        reply.checksLeft = 3
        reply.alternatives = [.code(.call), .authenticator]
        reply.registered = .phone
        reply.limit = .codeTries
        reply.errors = [FieldProblem("phone", "not_a_number")]
        reply.decision = "verify"
        reply.because = ["application_all", "registered"]
        reply.methods = [Reply.MethodState(method: .code(.sms), to: "+1········42", usable: true, retryAt: "t")]
        (reply.register, reply.registerChannels, reply.needsTicket) = ([.phone], [.call], true)
        (reply.secret, reply.uri, reply.qr) = (
            "ABCD EFGH", "otpauth://totp/x", .init(type: "image/svg+xml", data: "<svg/>")
        )
        fillAdministration(&reply)
        return reply
    }

    private func fillAdministration(_ reply: inout Reply) {
        reply.options = ["2FA_PROVIDER": Reply.OptionState(value: "None", source: "store")]
        reply.effect = Reply.Effect(usersWithoutMethod: 1, requiredWithoutMethod: 2, usersNewlyRequired: 3)
        var profile = Reply.Profile(user: "u", known: true, required: true, authenticator: true)
        (profile.graceUntil, profile.phone, profile.phoneRegisteredAt) = ("t", "+1········42", "t")
        (profile.authenticatorRegisteredAt, profile.lastApprovedAt, profile.lockedUntil) = ("t", "t", "t")
        (profile.ticketUntil, profile.bypassUntil) = ("t", "t")
        (reply.profile, reply.users, reply.next) = (profile, [profile], "u")
        (reply.before, reply.warnings) = (profile, [FieldProblem("user", "unknown_user")])
        reply.entries = [
            Reply.TrailEntry(
                id: 7, at: "t", administrator: "ada", frontEnd: "desk", job: "m-9", key: "admin.user.set", user: "u",
                formerUser: "v", outcome: .done, reason: .malformed, detail: "{}")
        ]
        (reply.providerPending, reply.ticket, reply.code) = (true, "AB-CD", "01234567")
        reply.limits = [Reply.LimitState(name: "sends_per_user_hour", used: 10, allowed: 10, retryAt: "t")]
        reply.counts = ["waiting": 1]
        reply.delivery = Reply.Delivery(
            channel: .code(.call), to: "+1········42", status: .undelivered, errorCode: 30005, advice: "Ask.", at: "t")
        reply.letters = [
            Reply.Letter(
                id: 7, reason: .poison, state: .waiting, key: "send", frontEnd: "portal", job: "m-9", at: "t",
                replays: 1,
                body: "{}")
        ]
    }
}
