import Basics
import TestKit
import Testing

@testable import Pipeline

@Suite("TOTP", .timeLimit(.minutes(10)))
struct TOTPTests {
    private static let secret = Redacted(Array("12345678901234567890".utf8))

    private func totp(digits: Int = 6, period: Int = 30) throws -> TOTP {
        try #require(TOTP(secret: Self.secret, digits: digits, period: period))
    }

    @Test(
        "gives the codes of RFC 6238, appendix B",
        arguments: [
            (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
        ] as [(Int64, String)])
    func vectors(seconds: Int64, code: String) throws {
        #expect(try totp(digits: 8).code(at: Timestamp(seconds: seconds)) == Redacted(code))
        #expect(try totp().code(at: Timestamp(seconds: seconds)) == Redacted(String(code.suffix(6))))
        #expect(try totp(digits: 3).code(at: Timestamp(seconds: seconds)) == Redacted(String(code.suffix(3))))
    }

    @Test("gives the codes that oathtool gives", arguments: 1...8)
    func oathtool(seed: UInt64) async throws {
        var generator = Seeded(seed)
        let secret = (0..<Int.random(in: 10...40, using: &generator)).map { _ in
            UInt8.random(in: .min ... .max, using: &generator)
        }
        let seconds = Int64.random(in: 0...4_000_000_000, using: &generator)
        let (digits, period) = (Int.random(in: 6...8, using: &generator), Int.random(in: 20...60, using: &generator))
        let tool = Tool(
            "oathtool", "--totp", "-b", "--digits=\(digits)", "--time-step-size=\(period)s", "--now=@\(seconds)", "-")
        let judged = String(decoding: try await tool.run(Array(Base32.encode(secret).utf8)), as: UTF8.self)
        let totp = try #require(TOTP(secret: Redacted(secret), digits: digits, period: period))
        #expect(totp.code(at: Timestamp(seconds: seconds)).revealed + "\n" == judged)
    }

    @Test("finds how far an app's clock is off", arguments: Array(-12...12))
    func offset(steps: Int) throws {
        for period in [20, 30, 60] {
            let totp = try totp(digits: 8, period: period)
            let now = Timestamp(seconds: 1_769_860_800)
            let shown = totp.code(at: now + .seconds(steps * period))
            #expect(totp.offset(of: shown, at: now) == (abs(steps) <= 10 ? steps : nil))
        }
    }

    @Test("takes no other code for one of a wrong clock", arguments: ["", "0", "12345678", "123456 ", "１２３４５６"])
    func unrelated(code: String) throws {
        #expect(try totp().offset(of: Redacted(code), at: Timestamp(seconds: 1_769_860_800)) == nil)
    }

    @Test("the nearest step counts where two have the same code")
    func nearest() throws {
        let totp = try totp(digits: 3)
        var found = 0
        for minute in 0..<200 {
            let now = Timestamp(seconds: 1_769_860_800 + Int64(minute) * 60)
            let codes = (-10...10).map { ($0, totp.code(at: now + .seconds($0 * 30))) }
            for (steps, code) in codes {
                let all = codes.filter { $0.1 == code }.map(\.0)
                let offset = try #require(totp.offset(of: code, at: now))
                #expect(all.contains(offset) && all.allSatisfy { abs($0) >= abs(offset) })
                if offset != steps { found += 1 }
            }
        }
        #expect(found > 0)
    }

    @Test("is only what Twilio allows", arguments: [(2, 30), (9, 30), (6, 19), (6, 61), (0, 0), (Int.max, Int.min)])
    func bounds(digits: Int, period: Int) {
        #expect(TOTP(secret: Self.secret, digits: digits, period: period) == nil)
    }

    @Test("a fresh secret has 160 bits and never comes twice")
    func fresh() {
        let secrets = (0..<500).map { _ in TOTP.freshSecret() }
        #expect(secrets.allSatisfy { $0.revealed.count == 20 })
        #expect(Set(secrets).count == 500)
        // Every value of a byte: that 10,000 bytes lack one is less likely than 1 in 10^14.
        #expect(Set(secrets.flatMap(\.revealed)).count == 256)
    }
}
