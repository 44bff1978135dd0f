import Basics
import Testing
import Wire

@Suite("JobDecoder")
struct JobDecoderTests {
    @Test("keeps a key that belongs to another lane as unexpected", arguments: LaneName.allCases)
    func foreignLane(lane: LaneName) {
        let read = Messages.read(Messages.envelope("send", lane: lane))
        #expect(read.isUnexpected == (lane != .send))
        #expect((read.job != nil) == (lane == .send))
    }

    @Test(
        "keeps a key that nobody knows as unexpected",
        arguments: ["", "sends", "SEND", "send.x", "admin", "verify.send"])
    func unknownKey(key: String) {
        for lane in LaneName.allCases {
            #expect(Messages.read(Messages.envelope(key, lane: lane)).isUnexpected)
        }
    }

    @Test("keeps a message from another exchange as unexpected", arguments: ["", "amq.topic", "verify.dead", "Verify"])
    func foreignExchange(exchange: String) {
        var envelope = Messages.envelope()
        envelope.exchange = exchange
        #expect(Messages.read(envelope).isUnexpected)
    }

    @Test("takes 16 KiB and refuses one byte more")
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

    @Test("refuses a body that was never read for its size")
    func neverRead() {
        var envelope = Messages.envelope()
        envelope.body = .tooLarge(.max)
        let read = Messages.read(envelope)
        #expect(read.reason == .tooLarge)
        #expect(read.deadLetter == .tooLarge)
        #expect(read.messageID == "m-1")
    }

    @Test(
        "refuses a body that is no JSON object",
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

    @Test("says whose job it was even when the job is refused")
    func whose() {
        let read = Messages.read("send", #"{"user":"u1","application":"windows","channel":"fax"}"#)
        #expect(read.user == "u1")
        #expect(read.application == .windows)
        #expect(read.problems == [FieldProblem("channel", "unknown_value")])
    }

    @Test("has a lane for every kind, by the contract's table")
    func lanes() {
        for kind in JobKind.allCases {
            let expected: LaneName =
                switch kind.rawValue {
                case "send", "register.phone": .send
                case "check", "cancel", "register.authenticator": .check
                case "options", "outcome": .account
                default: .admin
                }
            #expect(kind.lane == expected)
        }
        #expect(LaneName.allCases.map(\.queue) == ["verify.send", "verify.check", "verify.account", "verify.admin"])
    }
}
