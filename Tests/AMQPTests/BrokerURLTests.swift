import Basics
import Testing

@testable import AMQP

@Suite struct BrokerURLTests {
    @Test("no path, an empty one and %2F all mean the virtual host /", arguments: ["", "/", "/%2F"])
    func root(path: String) throws {
        #expect(try BrokerURL("amqp://u:p@h:1234\(path)").virtualHost == "/")
    }

    @Test("names and defaults are read")
    func parts() throws {
        let url = try BrokerURL("amqps://anna:s%40cret@broker.example/site")
        #expect(url.host == "broker.example")
        #expect(url.port == 5671)
        #expect(url.user == "anna")
        #expect(url.password.revealed == "s@cret")
        #expect(url.virtualHost == "site")
        #expect(url.usesTLS)
        #expect(!"\(url)".contains("cret"))
    }

    @Test(
        "what is no broker's URL is refused",
        arguments: [
            "", "http://h", "amqp://", "amqp://h/a/b", "amqp://h?x=1", "amqp://h:0", "amqp://a%0Ab", "amqp://u%0A@h",
            "amqp://h/%00",
        ])
    func refused(text: String) {
        #expect(throws: AMQPError.self) { try BrokerURL(text) }
    }
}
