import AMQP
import Basics
import Store
import Testing
import Wire

@testable import Worker

/// Why a worker is not ready, in words.
@Suite struct WorkerStatusTests {
    private func broker(_ change: (inout BrokerStatus) -> Void = { _ in }) -> BrokerStatus {
        var status = BrokerStatus.up(queues: ["verify.send", "verify.check"])
        change(&status)
        return status
    }

    private func obstacles(_ change: (inout WorkerStatus) -> Void) -> [String] { status(change).obstacles }

    private func status(_ change: (inout WorkerStatus) -> Void) -> WorkerStatus {
        var status = WorkerStatus(
            consumer: broker(), publisher: broker(), lanes: [:], inFlight: 0, isDraining: false, storeTrouble: nil)
        change(&status)
        return status
    }

    @Test("all is well")
    func ready() { #expect(obstacles { _ in }.isEmpty) }

    @Test("draining is said alone: the rest follows from it")
    func draining() {
        let found = obstacles {
            $0.isDraining = true
            $0.consumer.lanes[0].isConsuming = false
        }
        #expect(found == ["draining: what is in hand is finished, nothing more is taken"])
    }

    @Test("broker away, for replies and for jobs, with its reason")
    func away() {
        let found = obstacles {
            $0.consumer = broker {
                $0.isConnected = false
                $0.lastError = AMQPError(.unreachable, "cannot reach it")
            }
            $0.publisher = broker {
                $0.isConnected = false
                $0.isPublishing = false
            }
        }
        #expect(
            found == [
                "no connection to the broker for replies", "no connection to the broker for jobs: cannot reach it",
            ])
    }

    @Test("whoever reaches the port learns what is wrong, and no host, user or virtual host")
    func outline() {
        let words = "amqp://worker@rabbit.internal:5672 (virtual host 'prod') refuses us: 530 vhost prod not found"
        let found = status {
            $0.consumer = broker {
                $0.isConnected = false
                $0.lastError = AMQPError(.virtualHost, words, replyCode: 530)
            }
            $0.publisher = broker { $0.lastError = AMQPError(.accessRefused, words, replyCode: 403) }
        }
        #expect(
            found.obstaclesInOutline == [
                "replies are refused: the broker user lacks a right (403)",
                "no connection to the broker for jobs: the broker refuses the virtual host (530)",
            ])
        #expect(found.obstacles.allSatisfy { $0.contains("rabbit.internal") })
    }

    @Test("blocked by an alarm, with the broker's words")
    func blocked() {
        let found = obstacles {
            $0.publisher = broker { $0.blockage = .init(reason: "low on disk", since: MonotonicTime(nanoseconds: 0)) }
            // The lanes rest: nobody could be answered.
            $0.consumer = broker { $0.lanes[0].isConsuming = false }
            #expect($0.isPaused)
        }
        #expect(found == ["the broker blocks the connection for replies: low on disk"])
    }

    @Test("a channel or a lane alone")
    func lane() {
        let found = obstacles {
            $0.publisher = broker { $0.isPublishing = false }
            $0.consumer = broker {
                $0.lanes[1].isConsuming = false
                $0.lanes[1].lastError = AMQPError(.notFound, "the queue was deleted")
            }
        }
        #expect(found == ["no channel for replies", "verify.check is not consumed: the queue was deleted"])
    }

    @Test("replies that the broker refuses: the lanes that rest for it are not said besides")
    func refused() {
        let found = obstacles {
            $0.publisher = broker { $0.lastError = AMQPError(.accessRefused, "no right") }
            $0.consumer = broker { $0.lanes[0].isConsuming = false }
        }
        #expect(found == ["replies are refused: no right"])
    }

    @Test("store away: the lanes that rest for it are not said besides")
    func store() {
        let found = obstacles {
            $0.storeTrouble = .failing(StoreError(.full, "The store's disk is full; make room."))
            $0.consumer = broker { status in
                for index in status.lanes.indices { status.lanes[index].isConsuming = false }
            }
        }
        #expect(found == ["the store cannot be used: The store's disk is full; make room."])
    }

    @Test("in one word: starting, ready, not ready, paused, draining")
    func states() {
        func state(_ change: (inout WorkerStatus) -> Void) -> WorkerState {
            status {
                $0.hasBegun = true
                change(&$0)
            }.state
        }
        #expect(state { $0.hasBegun = false } == .starting)
        #expect(state { _ in } == .ready)
        #expect(state { $0.consumer.lanes[0].isConsuming = false } == .notReady)
        #expect(state { ($0.consumer.lanes[0].isConsuming, $0.consumer.lanes[0].isPaused) = (false, true) } == .paused)
        // What else is in its way counts before an operator's wish.
        #expect(
            state {
                ($0.consumer.lanes[0].isConsuming, $0.consumer.lanes[0].isPaused) = (false, true)
                $0.consumer.lanes[1].isConsuming = false
            } == .notReady)
        #expect(
            state {
                $0.isDraining = true
                $0.storeTrouble = .stuck(since: MonotonicTime(nanoseconds: 0))
            } == .draining)
    }

    @Test("a lane that an operator has paused is told, and is no obstacle: who waits for ready would wait for them")
    func paused() {
        let found = status { ($0.consumer.lanes[0].isConsuming, $0.consumer.lanes[0].isPaused) = (false, true) }
        #expect(found.obstacles.isEmpty && found.obstaclesInOutline.isEmpty)
        #expect(found.pauses == ["verify.send is paused by an operator"])
        #expect(status { _ in }.pauses.isEmpty)
    }

    @Test("what else is in the way of a paused worker stays an obstacle")
    func pausedAndMore() {
        let found = status {
            ($0.consumer.lanes[0].isConsuming, $0.consumer.lanes[0].isPaused) = (false, true)
            $0.consumer.lanes[1].isConsuming = false
        }
        #expect(found.obstacles == ["verify.check is not consumed"])
        #expect(found.pauses == ["verify.send is paused by an operator"])
    }

    @Test("what is told of each lane is of that lane")
    func reports() {
        let told = status {
            $0.lanes = [.check: LaneLoad(slots: 4, held: 2, inHand: 3, prefetch: 8)]
            $0.counts = [
                QueueCount(queue: "verify.send", inHand: 9, settled: 9),
                QueueCount(queue: "verify.check", inHand: 3, settled: 7),
            ]
        }.reports
        #expect(
            told == [
                WorkerReport.Lane(
                    lane: .check, slots: 4, held: 2, inHand: 3, prefetch: 8, isConsumed: true, isPaused: false,
                    settled: 7)
            ])
    }
}
