import Basics
import TestKit
import Testing

@Suite("SteadyTime") struct SteadyTimeTests {
    private static let hour: Duration = .seconds(3600)
    private static let start = Timestamp(seconds: 1_800_000_000)

    /// A machine: its clocks, and who goes by them.
    private struct Machine {
        var passed: Duration = .zero
        var ahead: Duration = .zero
        var steady = SteadyTime(wall: start, monotonic: MonotonicTime(nanoseconds: 0))

        /// How far the time gone by is ahead of the true one.
        mutating func look(after pause: Duration = .milliseconds(10)) -> (error: Duration, event: SteadyTime.Event?) {
            passed += pause
            let (time, event) = steady.read(
                wall: start + passed + ahead, monotonic: MonotonicTime(nanoseconds: 0) + passed)
            return (time - (start + passed), event)
        }
    }

    @Test("a clock that runs as it should is followed to the millisecond")
    func fair() {
        var machine = Machine()
        for _ in 0..<1000 { #expect(machine.look() == (.zero, nil)) }
        #expect(machine.look(after: .seconds(86_400)) == (.zero, nil))
    }

    @Test("a small step is followed at once, either way")
    func step() {
        var machine = Machine()
        for ahead in [Duration.seconds(1), .milliseconds(-900), .zero] {
            machine.ahead = ahead
            #expect(machine.look() == (ahead, nil))
        }
    }

    @Test("a clock that is slewed through a quiet hour has not jumped")
    func slewed() {
        var machine = Machine()
        machine.ahead = .seconds(4)
        #expect(machine.look(after: Self.hour) == (.seconds(4), nil))
    }

    @Test("a jump is not followed, told once, and over when the clock comes back", arguments: [hour, .zero - hour])
    func jump(ahead: Duration) {
        var machine = Machine()
        machine.ahead = ahead
        #expect(machine.look() == (.zero, .jumped(ahead)))
        for _ in 0..<50 { #expect(machine.look(after: .seconds(1)) == (.zero, nil)) }
        machine.ahead = .zero
        #expect(machine.look() == (.zero, .returned))
        #expect(machine.look() == (.zero, nil))
    }

    @Test("a clock that stands by its jump for a minute is followed")
    func lasting() {
        var machine = Machine()
        machine.ahead = .zero - Self.hour
        _ = machine.look()
        #expect(machine.look(after: .seconds(59)) == (.zero, nil))
        #expect(machine.look(after: .seconds(1)) == (machine.ahead, .followed(machine.ahead)))
        #expect(machine.look() == (machine.ahead, nil))
    }

    @Test("another jump begins the minute anew, and is not told again")
    func jumps() {
        var machine = Machine()
        machine.ahead = Self.hour
        _ = machine.look()
        #expect(machine.look(after: .seconds(40)) == (.zero, nil))
        machine.ahead = .zero - Self.hour
        #expect(machine.look(after: .seconds(40)) == (.zero, nil))
        #expect(machine.look(after: .seconds(59)) == (.zero, nil))
        #expect(machine.look(after: .seconds(1)).error == machine.ahead)
    }

    @Test("whatever the clock does for less than a minute, the time gone by runs on and stays near the true one")
    func property() {
        for seed in 0..<200 as Range<UInt64> {
            var random = Seeded(seed)
            var machine = Machine()
            for _ in 0..<20 {
                machine.ahead = .milliseconds(Int.random(in: -100_000_000...100_000_000, using: &random))
                for _ in 0..<Int.random(in: 1...50, using: &random) {
                    let (error, _) = machine.look(after: .milliseconds(Int.random(in: 0...1000, using: &random)))
                    #expect(error.magnitude <= SteadyTime.tolerance, "seed \(seed)")
                }
                machine.ahead = .zero
                #expect(machine.look().error == .zero)
            }
        }
    }

    @Test("clocks made steady tell of a jump, and keep the monotonic one")
    func clocks() {
        let wall = Locked(Self.start)
        let events = Locked<[SteadyTime.Event]>([])
        let clocks = Clocks.steady(
            Clocks(wall: { wall.withLock { $0 } }, monotonic: { MonotonicTime(nanoseconds: 7) }),
            onEvent: { event in events.withLock { $0.append(event) } })
        #expect(clocks.wall() == Self.start)
        wall.withLock { $0 = $0 + Self.hour }
        #expect(clocks.wall() == Self.start)
        wall.withLock { $0 = $0 - Self.hour }
        #expect(clocks.wall() == Self.start)
        #expect(events.withLock { $0 } == [.jumped(Self.hour), .returned])
        #expect(clocks.monotonic() == MonotonicTime(nanoseconds: 7))
    }
}

extension Duration {
    fileprivate var magnitude: Duration { self < .zero ? .zero - self : self }
}
