import Basics
import TestKit
import Testing

@testable import TwilioSimulator

@Suite("Whatever is asked in whatever order") struct PropertyTests {
    /// What the answers said about each verification.
    struct Ledger {
        var sends: [String: Int] = [:]
        var wrong: [String: Int] = [:]
        var approvals: [String: Int] = [:]
        var codes: [String: Set<String>] = [:]
    }

    @Test(arguments: 1...40) func `The limits hold`(seed: UInt64) {
        var generator = Seeded(seed)
        var fixture = Fixture()
        var ledger = Ledger()
        for _ in 0..<400 { step(&fixture, &ledger, &generator) }
        #expect(ledger.sends.values.allSatisfy { $0 <= 5 })
        #expect(ledger.wrong.values.allSatisfy { $0 <= 5 })
        #expect(ledger.approvals.values.allSatisfy { $0 == 1 })
        #expect(ledger.codes.values.allSatisfy { $0.count == 1 })
        #expect(fixture.twilio.statistics.approved == ledger.approvals.count)
        #expect(fixture.twilio.attempts.count { $0.converted != nil } == ledger.approvals.count)
        #expect(fixture.twilio.outbox.count == ledger.sends.values.reduce(0, +))
        #expect(Set(fixture.twilio.attempts.map(\.sid)).count == fixture.twilio.attempts.count)
    }

    private func step(_ fixture: inout Fixture, _ ledger: inout Ledger, _ generator: inout Seeded) {
        let to = "+1501712266\(Int.random(in: 0...2, using: &generator))"
        switch Int.random(in: 0..<10, using: &generator) {
        case 0...3:
            guard let started = try? fixture.start(to, channel: Bool.random(using: &generator) ? "sms" : "call")
            else { return }
            ledger.sends[started.sid, default: 0] += 1
            ledger.codes[started.sid, default: []].insert(started.code)
        case 4...7:
            let code = fixture.twilio.outbox.randomElement(using: &generator)?.code ?? "000000"
            guard let checked = try? fixture.check(code, to: to) else { return }
            if checked.status == .approved {
                #expect(checked.code == code)
                ledger.approvals[checked.sid, default: 0] += 1
            } else {
                #expect(checked.code != code)
                ledger.wrong[checked.sid, default: 0] += 1
            }
        case 8: _ = try? fixture.update(to, status: "canceled")
        default: fixture.advance(Int.random(in: 0...400, using: &generator))
        }
    }
}
