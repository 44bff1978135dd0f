import Basics
import Testing
import Wire

@Suite("Contract 2: what counts as a job")
struct JobDecoderTests {
    @Test("2 a key that belongs to another lane is unexpected", arguments: LaneName.allCases)
    func foreignLane(lane: LaneName) {
        let read = Messages.read(Messages.envelope("send", lane: lane))
        #expect(read.isUnexpected == (lane != .send))
        #expect((read.job != nil) == (lane == .send))
    }

    @Test(
        "2 a key that nobody knows is unexpected",
        arguments: ["", "sends", "SEND", "send.x", "admin", "verify.send", "admin.user", "admin.user.get "])
    func unknownKey(key: String) {
        for lane in LaneName.allCases {
            #expect(Messages.read(Messages.envelope(key, lane: lane)).isUnexpected)
        }
    }

    @Test("2 a message from another exchange is unexpected", arguments: ["", "amq.topic", "verify.dead", "Verify"])
    func foreignExchange(exchange: String) {
        var envelope = Messages.envelope()
        envelope.exchange = exchange
        #expect(Messages.read(envelope).isUnexpected)
    }

    @Test("2 Body: at most 16 KiB")
    func size() {
        func body(_ count: Int) -> String {
            let frame = #"{"user":"u1","channel":"sms","pad":""}"#
            return frame.replacing(
                "\"\"}", with: "\"" + String(repeating: "x", count: count - frame.utf8.count) + "\"}")
        }
        #expect(body(16_384).utf8.count == 16_384)
        #expect(Messages.read("send", body(16_384)).job != nil)
        let read = Messages.read("send", body(16_385))
        #expect(read.reason == .tooLarge)
        #expect(read.deadLetter == .tooLarge)
        #expect(read.problems == [FieldProblem("", "too_large")])
    }

    @Test("2 Body: one that was never read for its size is too_large")
    func neverRead() {
        var envelope = Messages.envelope()
        envelope.body = .tooLarge(.max)
        let read = Messages.read(envelope)
        #expect(read.reason == .tooLarge)
        #expect(read.deadLetter == .tooLarge)
        #expect(read.messageID == "m-1")
    }

    @Test(
        "2 Body: one JSON object, UTF-8, at most 8 levels, no duplicate key",
        arguments: [
            ("[]", "not_an_object"), ("\"x\"", "not_an_object"), ("null", "not_an_object"), ("", "not_json"),
            ("{", "not_json"), (#"{"user":"a","user":"a"}"#, "duplicate_key"),
            (#"{"a":[[[[[[[[1]]]]]]]]}"#, "too_deep"),
        ])
    func noObject(body: String, problem: String) {
        let read = Messages.read("send", body)
        #expect(read.problems == [FieldProblem("", problem)])
        #expect(read.reason == .malformed)
        #expect(read.deadLetter == .malformed)
    }

    @Test(
        "2 Malformed: what a person typed is answered, and not kept",
        arguments: [
            ("check", #"{"user":"u1","code":"12"}"#), ("check", #"{"user":"u1","code":"abc"}"#),
            ("check", #"{"user":"u1","code":""}"#),
            ("register.phone", #"{"user":"u1","phone":"","channel":"sms"}"#),
            ("register.phone", #"{"user":"u1","phone":"1","region":"USA","channel":"sms"}"#),
        ])
    func mistyped(key: String, body: String) {
        let read = Messages.read(key, body)
        #expect(read.reason == .malformed && !read.problems.isEmpty)
        #expect(read.deadLetter == nil)
    }

    @Test(
        "2 Malformed: what a program did is kept, whatever a person typed beside it",
        arguments: [
            ("check", #"{"user":"u1"}"#), ("check", #"{"user":"u1","code":123456}"#),
            ("check", #"{"user":7,"code":"12"}"#), ("check", #"{"user":"u1","code":"12","method":"sms"}"#),
            ("register.phone", #"{"user":"u1","phone":"","channel":"fax"}"#),
        ])
    func notOnlyMistyped(key: String, body: String) {
        #expect(Messages.read(key, body).deadLetter == .malformed)
    }

    @Test("3 Always there: user and application where they could be read")
    func whose() {
        let read = Messages.read("send", #"{"user":"u1","application":"windows","channel":"fax"}"#)
        #expect(read.user == "u1")
        #expect(read.application == .windows)
        #expect(read.problems == [FieldProblem("channel", "unknown_value")])
    }

    @Test("2 Body: 8 levels fit, and the order of refusals is size, text, depth, shape")
    func levels() {
        #expect(Messages.read("send", #"{"user":"u1","channel":"sms","a":[[[[[[[1]]]]]]]}"#).job != nil)
        var envelope = Messages.envelope()
        envelope.body = .bytes([0x7B, 0xFF, 0x7D])
        #expect(Messages.read(envelope).problems == [FieldProblem("", "not_utf8")])
    }

    @Test("2 operator: required of every administrator's job, and told of refused ones")
    func administrator() {
        for kind in JobKind.allCases where kind.isAdministration {
            let missing = Messages.read(kind.rawValue, #"{"user":"u1"}"#)
            #expect(missing.problems.contains(FieldProblem("operator", "missing")))
            let refused = Messages.read(kind.rawValue, #"{"operator":"ada","user":7,"minutes":0,"ids":0,"to":1}"#)
            #expect(refused.administrator == "ada")
        }
        #expect(Messages.read("options", #"{"user":"u1","operator":"ada"}"#).unknownFields == 1)
    }

    @Test("1 Lanes: every key has its lane")
    func lanes() {
        // Which lane that is, the published document says, and a test of the contract holds both against each other.
        for kind in JobKind.allCases {
            #expect(
                kind.isAdministration == (kind.lane == .admin)
                    && kind.isAdministration == kind.rawValue.hasPrefix("admin."))
            for lane in LaneName.allCases {
                let read = Messages.read(Messages.envelope(kind.rawValue, "{}", lane: lane))
                guard case .unexpected = read.content else {
                    #expect(lane == kind.lane)
                    continue
                }
                #expect(lane != kind.lane)
            }
        }
        #expect(LaneName.allCases.map(\.queue) == ["verify.send", "verify.check", "verify.account", "verify.admin"])
    }
}
