import Testing

@testable import App

@Suite("What protects less than it could is said aloud")
struct ExposureTests {
    @Test("and by default nothing does")
    func none() throws {
        #expect(try Configured.settings().exposures().isEmpty)
    }

    @Test(
        "by naming the key",
        arguments: [
            (
                "TWILIO_BASE_URL", "http://127.0.0.1:8089",
                ["twilio.base_url is not Twilio's", "twilio.base_url is plain HTTP"]
            ),
            ("TWILIO_BASE_URL", "https://verify.example.net", ["twilio.base_url is not Twilio's"]),
            ("TWILIO_BASE_URL", "https://verify.twilio.com.example.net", ["twilio.base_url is not Twilio's"]),
            ("TWILIO_BASE_URL", "https://verify.dublin.ie1.twilio.com", []),
            ("TWILIO_CA_FILE", "/etc/own.pem", ["twilio.ca_file replaces the system's authorities"]),
            ("LIMITS_ENABLED", "false", ["limits.enabled is false"]),
            ("WORKER_CORE_DUMPS", "true", ["worker.core_dumps is true"]),
            ("FRONT_ENDS", "web=web", []),
        ])
    func each(name: String, value: String, says: [String]) throws {
        let exposures = try Configured.settings(["VERIFY_COURIER_\(name)": value]).exposures()
        #expect(exposures.count == says.count)
        for (exposure, says) in zip(exposures, says) { #expect(exposure.hasPrefix(says)) }
    }

    @Test("so is a broker beyond this machine without TLS, and one that anybody may use")
    func broker() throws {
        let url = ["VERIFY_COURIER_BROKER_URL": "amqp://u:hidden@broker.example.net,amqps://b,amqp://127.0.0.1"]
        let frontEnds = ["VERIFY_COURIER_FRONT_ENDS": "web=web"]
        let closed = try Configured.settings(url.merging(frontEnds) { $1 }).exposures()
        #expect(closed == ["codes and numbers travel to broker.example.net in the clear: use amqps:// in broker.url"])
        let open = try Configured.settings(url.merging(["VERIFY_COURIER_FRONT_ENDS_OPEN": "true"]) { $1 }).exposures()
        #expect(open.count == 2 && open[1].hasPrefix("front_ends_open is true"))
    }
}
