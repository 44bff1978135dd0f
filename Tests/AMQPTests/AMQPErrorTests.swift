import Testing

@testable import AMQP

/// What is told to whoever reaches a port, where the whole words go to the log only.
@Suite struct AMQPErrorTests {
    @Test("a broker's words never show in the outline, whatever it says")
    func outline() {
        let words = "access to queue 'q' in vhost 'prod' refused for user 'worker' on rabbit.internal"
        for code in [200, 311, 312, 320, 402, 403, 404, 405, 406, 501, 504, 530, 541, 0, -1] {
            let error = AMQPError.closed(code, words)
            #expect(error.description.contains("prod") && error.outline.contains("(\(code))"))
            for name in ["prod", "worker'", "rabbit.internal", "'q'"] { #expect(!error.outline.contains(name)) }
        }
    }

    @Test(
        "limits are told by their number",
        arguments: [
            (
                "NOT_ALLOWED - number of channels opened for user 'worker' has reached the maximum allowed user limit of (3)",
                "the broker's limit of channels of this user, 3, is reached (530)"
            ),
            (
                "NOT_ALLOWED - connection refused for user 'worker': user connection limit (1) is reached",
                "the broker's limit of connections, 1, is reached (530)"
            ),
            (
                "NOT_ALLOWED - access to vhost 'prod' refused for user 'worker': connection limit (0) is reached",
                "the broker's limit of connections, 0, is reached (530)"
            ),
            ("NOT_ALLOWED - some limit of 'prod' (many)", "the broker's limit of connections is reached (530)"),
        ])
    func limits(text: String, outline: String) {
        let error = AMQPError.closed(530, text)
        #expect(error.code == .limit && error.outline == outline)
        #expect(error.description.contains(text))
    }

    @Test("a virtual host that is missing or refused is no limit")
    func virtualHost() {
        #expect(AMQPError.closed(530, "NOT_ALLOWED - vhost prod not found").code == .virtualHost)
    }
}
