import Basics
import Testing
import Wire

@Suite("Contract 2: properties of a job")
struct PropertyReaderTests {
    private let now = Messages.now

    private func read(_ change: (inout Envelope) -> Void) -> ReadJob {
        var envelope = Messages.envelope()
        change(&envelope)
        return Messages.read(envelope)
    }

    @Test(
        "2 message_id: 1 to 64 characters [A-Za-z0-9._:-]",
        arguments: ["m", "A.z_9:-", String(repeating: "x", count: 64)])
    func messageID(id: String) {
        let read = read { $0.messageID = id }
        #expect(read.job != nil)
        #expect(read.messageID == id)
    }

    @Test(
        "2 message_id: anything else is invalid",
        arguments: ["", "a b", "é", "a/b", "a\u{0}", "a\n", String(repeating: "x", count: 65), "m—1"])
    func badMessageID(id: String) {
        let read = read { $0.messageID = id }
        #expect(read.problems == [FieldProblem("message_id", "malformed")])
        #expect(read.reason == .malformed)
        #expect(read.deadLetter == .malformed)
        #expect(read.messageID == nil)
    }

    @Test("2 message_id: required")
    func noMessageID() {
        #expect(read { $0.messageID = nil }.problems == [FieldProblem("message_id", "missing")])
    }

    @Test(
        "2 content_type: application/json",
        arguments: [
            "application/json", "Application/JSON", "application/json; charset=utf-8", "application/json;charset=UTF-8",
            "application/json; charset=\"utf-8\"", "application/json; profile=x; charset=utf-8",
        ])
    func contentType(type: String) {
        #expect(read { $0.contentType = type }.job != nil)
    }

    @Test(
        "2 content_type: nothing else",
        arguments: [
            "", "text/plain", "application/jsonx", "application/json; charset=latin1", "application/xml",
            "application/json; charset=utf-8x", "application/json; charset=utf-8; charset=latin1",
            "application/json; charset", "application/json; charset=",
        ])
    func badContentType(type: String) {
        #expect(read { $0.contentType = type }.problems == [FieldProblem("content_type", "unsupported")])
    }

    @Test("2 content_type: required, and an encoding that can be read")
    func contentMissing() {
        #expect(read { $0.contentType = nil }.problems == [FieldProblem("content_type", "missing")])
        #expect(
            read { $0.contentEncoding = "gzip" }.problems == [FieldProblem("content_encoding", "unsupported")])
    }

    @Test("2 correlation_id: up to 128 bytes")
    func correlationID() {
        #expect(read { $0.correlationID = [UInt8](repeating: 0xFF, count: 128) }.job != nil)
        #expect(
            read { $0.correlationID = [UInt8](repeating: 0xFF, count: 129) }.problems
                == [FieldProblem("correlation_id", "too_long")])
    }

    @Test("2 type: agrees with the routing key if it is present")
    func type() {
        #expect(read { $0.type = "verify.send.v1" }.job != nil)
        #expect(read { $0.type = nil }.job != nil)
    }

    @Test(
        "2 type: another major version is version_unsupported",
        arguments: ["verify.send.v2", "verify.send.v0", "verify.send.v12", "verify.send.v99999999999999999999"])
    func version(type: String) {
        let read = read { $0.type = type }
        #expect(read.reason == .versionUnsupported)
        #expect(read.deadLetter == .versionUnsupported)
        #expect(read.problems == [FieldProblem("type", "version_unsupported")])
    }

    @Test(
        "2 type: of another job is invalid",
        arguments: [
            "verify.check.v1", "send", "verify.send", "verify.send.v", "verify.send.vx", "verify.send.v1.result",
            "", "verify.send.v01", "verify.send.v00", "verify.send.v-1", "verify.send.v1 ",
        ])
    func badType(type: String) {
        #expect(read { $0.type = type }.problems == [FieldProblem("type", "disagrees_with_routing_key")])
    }

    @Test("2 deadline: default 30 s after timestamp or receipt")
    func defaultDeadline() {
        #expect(read { _ in }.deadline == now + .seconds(30))
        #expect(read { $0.timestamp = UInt64(1_800_000_000 - 12) }.deadline == now + .seconds(18))
    }

    @Test("2 timestamp: timestamp_in_ms wins; a future one counts as now")
    func timestamps() {
        #expect(
            read {
                $0.timestamp = 5
                $0.brokerMilliseconds = 1_799_999_999_500
            }.deadline == now + .milliseconds(29_500))
        #expect(read { $0.timestamp = 1_800_000_100 }.deadline == now + .seconds(30))
        #expect(read { $0.timestamp = .max }.deadline == now + .seconds(30))
        #expect(read { $0.brokerMilliseconds = .max }.deadline == now + .seconds(30))
    }

    @Test("2 deadline: never later than receipt + 120 s")
    func deadline() {
        #expect(read { $0.deadline = (now + .seconds(7)).description }.deadline == now + .seconds(7))
        #expect(read { $0.deadline = (now + .seconds(119)).description }.deadline == now + .seconds(119))
        #expect(read { $0.deadline = (now + .seconds(121)).description }.deadline == now + .seconds(120))
        #expect(read { $0.deadline = (now - .seconds(1)).description }.deadline == now - .seconds(1))
        #expect(read { $0.deadline = "9999-12-31T23:59:59Z" }.deadline == now + .seconds(120))
    }

    @Test("2 deadline: RFC 3339")
    func badDeadline() {
        #expect(read { $0.deadline = "soon" }.problems == [FieldProblem("deadline", "malformed")])
        #expect(read { $0.deadlineIsMalformed = true }.problems == [FieldProblem("deadline", "malformed")])
    }

    @Test("5.2 a job whose timestamp is older than 48 hours is late")
    func late() {
        let age = Int64(48 * 3600 * 1000)
        #expect(read { $0.brokerMilliseconds = now.milliseconds - age + 1 }.job != nil)
        #expect(read { $0.brokerMilliseconds = now.milliseconds - age - 1 }.isLate)
        #expect(read { $0.brokerMilliseconds = .min }.isLate)
        #expect(read { $0.timestamp = 0 }.isLate)
    }

    @Test("3 errors: all that is wrong is named at once")
    func several() {
        let read = read {
            $0.messageID = nil
            $0.contentType = "text/plain"
            $0.body = .bytes(Array("{}".utf8))
        }
        #expect(read.problems.map(\.field) == ["message_id", "content_type", "user", "channel"])
    }
}
