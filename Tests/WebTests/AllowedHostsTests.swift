import Testing

@testable import Web

@Suite("Contract 7: names of ops.listen") struct AllowedHostsTests {
    private let addresses: [String?] = [
        nil, "", "127.0.0.1", "127.0.0.1:8090", "localhost", "LOCALHOST:8090", "localhost.", "a.localhost",
        "[::1]:8090",
        "[::1]", "::1", "10.1.2.3:8090", "[2001:db8::7]:8090", "0.0.0.0:8090",
    ]
    private let names = [
        "evil.example", "evil.example:8090", "127.0.0.1.evil.example", "localhost.evil.example",
        "127.evil.example:8090",
        "notlocalhost", "1.2.3", "0x7f.1", "[evil.example]:8090", "127.0.0.1:8090:x", "127.0.0.1@evil.example",
    ]

    @Test("on loopback only what no web page can be called", arguments: ["127.0.0.1", "localhost", "::1", "127.0.0.9"])
    func loopback(listening: String) {
        let hosts = AllowedHosts(listeningAt: listening)
        for address in addresses { #expect(hosts.allow(address), "\(address ?? "none")") }
        for name in names { #expect(!hosts.allow(name), "\(name)") }
    }

    @Test(
        "beyond loopback by any name that the network has for it", arguments: ["0.0.0.0", "::", "10.1.2.3", "worker-7"])
    func beyond(listening: String) {
        let hosts = AllowedHosts(listeningAt: listening)
        for address in addresses { #expect(hosts.allow(address), "\(address ?? "none")") }
        #expect(hosts.allow("worker-7.prod.example:8090"))
    }
}
