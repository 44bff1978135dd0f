import Basics
import Testing
import Wire

@Suite struct ChannelStatusTests {
    @Test("the body is as the contract has it")
    func body() {
        let at = Timestamp(seconds: 1_800_000_000)
        let status = ChannelStatus(
            at: at,
            channels: [
                .code(.sms): .init(state: .down, since: at - .seconds(5), countriesBlocked: ["CA", "US"]),
                .authenticator: .init(state: .ok, since: at, countriesBlocked: []),
            ])
        #expect(
            String(decoding: status.encoded(), as: UTF8.self)
                == #"{"at":"2027-01-15T08:00:00.000Z","channels":{"#
                + #""authenticator":{"countries_blocked":[],"since":"2027-01-15T08:00:00.000Z","state":"ok"},"#
                + #""sms":{"countries_blocked":["CA","US"],"since":"2027-01-15T07:59:55.000Z","state":"down"}}}"#)
    }
}
