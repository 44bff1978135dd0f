import AMQP
import Testing

@testable import App

@Suite("Whether a worker with least rights is told of its lanes")
struct LaneRightsTests {
    @Test("two releases hide queues from whoever may not configure them", arguments: ["4.2.6", "4.3.0"])
    func hidden(version: String) {
        #expect(LaneRights.areHidden(by: version))
    }

    @Test("all others tell", arguments: [nil, "3.10.8", "4.2.5", "4.2.7", "4.3.1", "4.3.0-rc.1", "4.3"])
    func told(version: String?) {
        #expect(!LaneRights.areHidden(by: version))
    }

    @Test("then only the right to read can be missing, and the problem says who hands it out")
    func problem() {
        let text = LaneRights.problem(AMQPError(.accessRefused, "read refused"))
        #expect(text.contains("topology definitions") && text.contains("read refused"))
    }
}
