import Basics
import Testing
import TwilioVerify

@Suite("Reading the service", .timeLimit(.minutes(1)))
struct ServiceTests {
    private static let sid = "VA00000000000000000000000000000001"

    private func fetch(_ response: TransportResponse) async throws -> Service? {
        let clocks = Clocks(
            wall: { Timestamp(seconds: 784_111_780) }, monotonic: { MonotonicTime(nanoseconds: 0) })
        let client = TwilioClient(
            baseURL: "https://twilio.invalid",
            account: { TwilioAccount(user: "SK", password: Redacted("x"), accountSID: "AC", serviceSID: Self.sid) },
            transport: MockTransport(result: .success(response)), clocks: clocks)
        return try await client.fetchService()
    }

    @Test("gives its settings and how far our clock is from Twilio's")
    func settings() async throws {
        let body = #"{"sid":"\#(Self.sid)","friendly_name":"Site","code_length":6,"custom_code_enabled":true}"#
        let service = try await fetch(
            TransportResponse(status: 200, date: "Sun, 06 Nov 1994 08:49:37 GMT", body: Array(body.utf8)))
        #expect(service?.settings.codeLength == 6)
        #expect(service?.settings.customCodeEnabled == true)
        #expect(service?.clockOffset == .seconds(3))
    }

    @Test("is nothing when there is none, and leaves open what is not said")
    func absent() async throws {
        #expect(try await fetch(TransportResponse(status: 404, body: Array(#"{"code":20404}"#.utf8))) == nil)
        let service = try await fetch(TransportResponse(status: 200, body: Array(#"{"sid":"\#(Self.sid)"}"#.utf8)))
        #expect(service == Service(sid: Self.sid, settings: ServiceSettings()))
    }
}
