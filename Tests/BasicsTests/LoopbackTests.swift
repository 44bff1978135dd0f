import Basics
import Testing

@Suite("Addresses that only this machine reaches")
struct LoopbackTests {
    @Test(
        "are loopback's, in every form that a URL may have them in",
        arguments: [
            "127.0.0.1", "127.255.0.9", "localhost", "LocalHost", "::1", "[::1]", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1",
        ])
    func inside(host: String) {
        #expect(Loopback.contains(host))
    }

    @Test(
        "are none that merely look like it",
        arguments: [
            "", "127.0.0.1.example.net", "127.example.net", "127.1", "127.0.0.256", "0127.0.0.1", "128.0.0.1",
            "0.0.0.0", "::", "::2", "::127.0.0.1", "[127.0.0.1]", "[]", "localhost.example.net", "::ffff:128.0.0.1",
            "2130706433", "127.0.0.1 ", "127.0.0.1\u{0}",
        ])
    func outside(host: String) {
        #expect(!Loopback.contains(host))
    }
}
