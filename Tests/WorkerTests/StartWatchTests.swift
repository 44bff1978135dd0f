import AMQP
import Basics
import Testing

@testable import Worker

/// When a worker that does not come to consume gives up.
@Suite struct StartWatchTests {
    private let start = MonotonicTime(nanoseconds: 1_000_000_000)
    private let limit = AMQPError(.limit, "3 channels")

    private func status(_ change: (inout BrokerStatus) -> Void) -> WorkerStatus {
        var broker = BrokerStatus.up(queues: ["verify.send"])
        broker.lanes[0].isConsuming = false
        change(&broker)
        return WorkerStatus(
            consumer: broker, publisher: .up(queues: []), lanes: [:], inFlight: 0, isDraining: false, storeTrouble: nil)
    }

    private func away(_ error: AMQPError) -> WorkerStatus {
        status { ($0.isConnected, $0.lastError) = (false, error) }
    }

    @Test("a connection that is refused for as long as there is patience is given up, with its reason")
    func refused() {
        var watch = StartWatch(end: start + .seconds(6))
        #expect(watch.look(away(limit), at: start) == nil)
        #expect(watch.look(away(limit), at: start + .milliseconds(5_999)) == nil)
        #expect(watch.look(away(limit), at: start + .seconds(6)) == limit)
    }

    @Test(
        "one that comes and goes is given up though it is there just then; a limit is a better reason than its effect")
    func flapping() {
        var watch = StartWatch(end: start + .seconds(6))
        #expect(watch.look(away(limit), at: start) == nil)
        #expect(watch.look(away(AMQPError(.connectionLost, "gone")), at: start + .seconds(1)) == nil)
        #expect(watch.look(status { _ in }, at: start + .seconds(6)) == limit)
    }

    @Test("what holds the lanes up while the connections stand is waited out")
    func waits() {
        var watch = StartWatch(end: start)
        let later = start + .seconds(600)
        #expect(watch.look(status { $0.lanes[0].lastError = AMQPError(.accessRefused, "no right") }, at: later) == nil)
        #expect(watch.look(status { $0.blockage = .init(reason: "disk", since: start) }, at: later) == nil)
    }

    @Test("once it is told to end it ends as ever")
    func ending() {
        var watch = StartWatch(end: start)
        var status = away(limit)
        status.isDraining = true
        #expect(watch.look(status, at: start + .seconds(1)) == nil)
    }
}
