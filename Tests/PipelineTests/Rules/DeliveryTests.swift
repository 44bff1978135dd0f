import Basics
import Store
import Testing
import TwilioVerify
import Wire

@testable import Pipeline

@Suite("Contract 8: admin.user.delivery")
struct DeliveryTests {
    private static let sentAt = Timestamp(seconds: 1_800_000_100)

    private static var send: HistoryEntry {
        var entry = HistoryEntry(
            at: sentAt, begunAt: sentAt, kind: .send, frontEnd: "portal", messageID: "m-1", user: "anna",
            application: .web, masked: "+1········42", outcome: .sent, reason: nil)
        (entry.channel, entry.sid) = (.code(.call), "VE1")
        return entry
    }

    private static func attempt(
        _ status: String?, after seconds: Int = 0, code: Int? = nil, converted: Bool = false, of sid: String = "VE1"
    ) -> Attempt {
        let at = sentAt + .seconds(seconds)
        var attempt = Attempt(
            sid: "VL\(seconds)", verificationSID: sid, createdAt: at, updatedAt: at + .seconds(3), converted: converted)
        (attempt.status, attempt.errorCode) = (status, code)
        return attempt
    }

    @Test("8 admin.user.delivery: accepted is never called delivered, and a code that was entered arrived")
    func words() {
        let table: [(String?, Reply.Delivery.Status)] = [
            ("queued", .accepted), ("accepted", .accepted), ("sending", .accepted), ("ringing", .accepted),
            ("in-progress", .accepted), ("sent", .sent), ("delivered", .delivered), ("read", .delivered),
            ("completed", .delivered), ("undelivered", .undelivered), ("failed", .undelivered), ("busy", .undelivered),
            ("no-answer", .undelivered), ("canceled", .undelivered), ("something new", .unknown), (nil, .unknown),
        ]
        for (word, status) in table {
            #expect(Self.attempt(word).reached == status, "\(word ?? "none")")
            #expect(Self.attempt(word, converted: true).reached == .delivered)
            #expect(Self.send.delivery([Self.attempt(word)]).advice?.isEmpty == false)
        }
    }

    @Test("8 admin.user.delivery: of several sends of one code the one that is asked about")
    func several() {
        let attempts = [
            Self.attempt("delivered", after: 60), Self.attempt("failed", after: -1, code: 30008),
            Self.attempt("sent", after: -40), Self.attempt("queued", after: -2, of: "VE2"),
        ]
        let told = Self.send.delivery(attempts)
        #expect(told.status == .undelivered && told.errorCode == 30008 && told.channel == .code(.call))
        #expect(told.at == (Self.sentAt + .seconds(2)).description)
        var second = Self.send
        second.at = Self.sentAt + .seconds(61)
        #expect(second.delivery(attempts).status == .delivered)
        #expect(Self.send.delivery([]).status == .unknown)
    }
}
