import Basics
import Store
import Testing
import Wire

@testable import Pipeline

@Suite("Contract 2: who may ask what, and where the answer may go")
struct AdmissionTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    private static let frontEnds = [
        FrontEnd(name: "portal", scope: .web), FrontEnd(name: "desk", scope: .any, isAdmin: true),
        FrontEnd(name: "login", scope: .windows),
    ]

    private func judge(
        _ key: String, _ body: String, from user: String?, replyTo: String? = nil, frontEnds: [FrontEnd] = frontEnds
    ) -> Admission.Verdict {
        let kind = JobKind(rawValue: key)
        var envelope = Envelope(
            lane: kind?.lane ?? .account, exchange: "verify", routingKey: key, body: .bytes(Array(body.utf8)),
            receivedAt: scene.now)
        (envelope.contentType, envelope.messageID) = ("application/json", "m-1")
        (envelope.userID, envelope.replyTo) = (user, replyTo)
        let settings = scene.settings {
            $0.frontEnds = Dictionary(uniqueKeysWithValues: frontEnds.map { ($0.name, $0) })
        }
        return Admission(settings).judge(envelope, JobDecoder().read(envelope))
    }

    @Test("2 user_id: once front_ends is set, required and known: unauthenticated otherwise")
    func unauthenticated() {
        for user in [nil, "", "other", "Portal", "portal2"] {
            #expect(judge("options", #"{"user":"u1"}"#, from: user) == .unauthenticated)
            #expect(judge("admin.options.get", #"{"operator":"ada"}"#, from: user) == .unauthenticated)
        }
        #expect(judge("options", #"{"user":"u1"}"#, from: "portal") == .admitted(.none))
    }

    @Test("2 Without front_ends everybody may publish anything, admin.* too")
    func open() {
        #expect(judge("admin.options.get", #"{"operator":"ada"}"#, from: nil, frontEnds: []) == .admitted(.none))
        #expect(
            judge("options", #"{"user":"u1"}"#, from: "any", replyTo: "amq.gen-1", frontEnds: [])
                == .admitted(.queue("amq.gen-1")))
        #expect(judge("options", "{}", from: nil, replyTo: "elsewhere", frontEnds: []) == .replyToRefused)
    }

    @Test("2 application: wrong_application if the broker user is pinned to the other")
    func wrongApplication() {
        let (web, windows) = (#"{"user":"u1"}"#, #"{"user":"u1","application":"windows"}"#)
        #expect(judge("options", web, from: "portal") == .admitted(.none))
        #expect(judge("options", windows, from: "portal") == .refused(.wrongApplication, .none))
        #expect(judge("options", web, from: "login") == .refused(.wrongApplication, .none))
        #expect(judge("options", windows, from: "login") == .admitted(.none))
        #expect(judge("options", windows, from: "desk") == .admitted(.none))
        // What cannot be read is invalid, not forbidden.
        #expect(judge("options", #"{"user":"u1","application":"ios"}"#, from: "portal") == .admitted(.none))
    }

    @Test("2 admin.*: once front_ends is set, only from users marked admin: not_admin")
    func notAdmin() {
        for kind in JobKind.allCases where kind.isAdministration {
            #expect(judge(kind.rawValue, "{}", from: "portal") == .refused(.notAdmin, .none))
            #expect(judge(kind.rawValue, "{}", from: "desk") == .admitted(.none))
        }
        #expect(
            judge("admin.explain", #"{"operator":"a","user":"u","application":"windows"}"#, from: "desk")
                == .admitted(.none))
    }

    @Test("2 reply_to: the job's own user's queues, or direct; refused before anything else is looked at")
    func replyTo() {
        let own = "verify.reply.portal.a1"
        #expect(judge("options", #"{"user":"u1"}"#, from: "portal", replyTo: own) == .admitted(.queue(own)))
        let direct = "amq.rabbitmq.reply-to.x"
        #expect(judge("options", #"{"user":"u1"}"#, from: "portal", replyTo: direct) == .admitted(.direct(direct)))
        for name in ["verify.reply.desk.a1", "amq.gen-1", "verify.send", "verify.reply.portal."] {
            #expect(judge("options", #"{"user":"u1"}"#, from: "portal", replyTo: name) == .replyToRefused)
            #expect(judge("admin.options.get", "{}", from: "portal", replyTo: name) == .replyToRefused)
        }
        #expect(judge("admin.options.get", "{}", from: "portal", replyTo: own) == .refused(.notAdmin, .queue(own)))
    }
}
