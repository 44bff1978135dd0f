import Basics
import TestKit
import Testing

@Suite("Timestamp")
struct TimestampTests {
    @Test("prints RFC 3339 with three decimals")
    func prints() {
        #expect(Timestamp(milliseconds: 0).description == "1970-01-01T00:00:00.000Z")
        #expect(Timestamp(milliseconds: 1_769_860_800_250).description == "2026-01-31T12:00:00.250Z")
    }

    @Test("reads back what it prints, to the eighth of a second", arguments: [UInt64(1), 2, 3])
    func roundTrip(seed: UInt64) {
        var generator = Seeded(seed)
        for _ in 0..<300 {
            let time = Timestamp(milliseconds: .random(in: 0..<2_027_218_406_400, using: &generator) * 125)
            #expect(Timestamp(rfc3339: time.description) == time)
        }
    }

    @Test(
        "reads any offset, any fraction and either case",
        arguments: [
            ("2026-01-31T12:00:00Z", 1_769_860_800_000),
            ("2026-01-31t12:00:00z", 1_769_860_800_000),
            ("2026-01-31T13:30:00+01:30", 1_769_860_800_000),
            ("2026-01-31T04:00:00.250-08:00", 1_769_860_800_250),
            ("2026-01-31T12:00:00.5Z", 1_769_860_800_500),
            ("2026-01-31T12:00:00.123000Z", 1_769_860_800_123),
            ("2024-02-29T00:00:00Z", 1_709_164_800_000),
        ] as [(String, Int64)])
    func reads(text: String, milliseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(
        "refuses what is not RFC 3339",
        arguments: [
            "", "now", "1769860800", "2026-01-31", "2026-01-31 12:00:00Z", "2026-01-31T12:00:00", "2026-01-31T12:00Z",
            "20260131T120000Z", "2026-01-31T12:00:00.Z", "2026-01-31T12:00:00,5Z", "2026-01-31T12:00:00.5aZ",
            "2026-01-31T12:00:00+0100", "2026-01-31T12:00:00+01", "2026-13-31T12:00:00Z", "1969-12-31T23:59:59Z",
            "2026-01-31T12:00:00ZZ", " 2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z ",
            "2026-01-31T12:00:00.00000000000000000000000Z",
        ])
    func refuses(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test("counts whole seconds downwards, also before 1970")
    func wholeSeconds() {
        #expect(Timestamp(milliseconds: 1999).wholeSeconds == 1)
        #expect(Timestamp(milliseconds: 2000).wholeSeconds == 2)
        #expect(Timestamp(milliseconds: -1).wholeSeconds == -1)
        #expect(Timestamp(milliseconds: -1000).wholeSeconds == -1)
        #expect(Timestamp(milliseconds: 1999).roundedDown == Timestamp(seconds: 1))
    }

    @Test("adds and takes away lengths of time")
    func arithmetic() {
        let time = Timestamp(seconds: 10)
        #expect(time + .milliseconds(1500) == Timestamp(milliseconds: 11_500))
        #expect(time - .seconds(4) == Timestamp(seconds: 6))
        #expect(time - Timestamp(seconds: 4) == .seconds(6))
        #expect(Timestamp(seconds: 4) < time)
    }

    @Test("takes seconds too many to count as the last moment there is")
    func overflow() {
        #expect(Timestamp(seconds: .max) == Timestamp(milliseconds: .max))
        #expect(Timestamp(seconds: .min) == Timestamp(milliseconds: .min))
    }

    @Test("ends nothing, whatever number somebody has written")
    func extremes() {
        let (first, last, now) = (
            Timestamp(milliseconds: .min), Timestamp(milliseconds: .max), Timestamp(seconds: 1_800_000_000)
        )
        #expect(now - first == .milliseconds(Int64.max) && first - now == .milliseconds(Int64.min))
        #expect(first - last == .milliseconds(Int64.min) && last - first == .milliseconds(Int64.max))
        #expect(last + .seconds(1) == last && first - .seconds(1) == first && last - .seconds(1) < last)
        #expect(first.wholeSeconds < 0 && first.roundedDown == first)
    }
}
