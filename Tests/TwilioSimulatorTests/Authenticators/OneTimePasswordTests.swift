import Basics
import TestKit
import Testing

@testable import TwilioSimulator

@Suite("One-time passwords", .timeLimit(.minutes(10))) struct OneTimePasswordTests {
    /// RFC 6238 gives each hash a key of its own length.
    private static func password(_ algorithm: OneTimePassword.Algorithm, digits: Int = 8, period: Int = 30)
        -> OneTimePassword
    {
        let length =
            switch algorithm {
            case .sha1: 20
            case .sha256: 32
            case .sha512: 64
            }
        let key = Array(Array(repeating: Array("1234567890".utf8), count: 7).joined().prefix(length))
        return OneTimePassword(secret: Redacted(key), algorithm: algorithm, digits: digits, period: period)
    }

    @Test(
        arguments: [
            (59, "94287082", "46119246", "90693936"), (1_111_111_109, "07081804", "68084774", "25091201"),
            (1_111_111_111, "14050471", "67062674", "99943326"), (1_234_567_890, "89005924", "91819424", "93441116"),
            (2_000_000_000, "69279037", "90698825", "38618901"), (20_000_000_000, "65353130", "77737706", "47863826"),
        ] as [(Int64, String, String, String)])
    func `The codes are those of RFC 6238, appendix B`(seconds: Int64, sha1: String, sha256: String, sha512: String) {
        for (algorithm, code) in zip(OneTimePassword.Algorithm.allCases, [sha1, sha256, sha512]) {
            let time = Timestamp(seconds: seconds)
            for digits in 3...8 {
                let shown = Self.password(algorithm, digits: digits).code(at: time).revealed
                #expect(shown == String(code.suffix(digits)), "\(algorithm), \(digits) digits")
            }
        }
    }

    @Test(arguments: 1...12) func `The codes are those of oathtool`(seed: UInt64) async throws {
        var generator = Seeded(seed)
        let bytes = (0..<Int.random(in: 10...70, using: &generator)).map { _ in
            UInt8.random(in: .min ... .max, using: &generator)
        }
        let algorithm = OneTimePassword.Algorithm.allCases[Int(seed % 3)]
        let password = OneTimePassword(
            secret: Redacted(bytes), algorithm: algorithm, digits: Int.random(in: 6...8, using: &generator),
            period: Int.random(in: 20...60, using: &generator))
        let seconds = Int64.random(in: 0...4_000_000_000, using: &generator)
        let tool = Tool(
            "oathtool", "--totp=\(algorithm.rawValue)", "-b", "--digits=\(password.digits)",
            "--time-step-size=\(password.period)s", "--now=@\(seconds)", "-")
        let text = Base32Text.encode(password.secret).revealed
        let judged = String(decoding: try await tool.run(Array(text.utf8)), as: UTF8.self)
        #expect(password.code(at: Timestamp(seconds: seconds)).revealed + "\n" == judged)
    }

    @Test(arguments: [0, 1, 2]) func `A code counts as many steps around now as the skew says`(skew: Int) {
        let password = Self.password(.sha1)
        let now = Timestamp(seconds: 1_700_000_000)
        for steps in -4...4 {
            let code = password.code(at: now + .seconds(30 * steps)).revealed
            let found = password.step(of: code, at: now, skew: skew)
            #expect((found != nil) == (abs(steps) <= skew))
            if let found { #expect(found == password.step(at: now) + Int64(steps)) }
        }
        #expect(password.step(of: "", at: now, skew: skew) == nil)
        #expect(password.step(of: "1234567", at: now, skew: skew) == nil)
    }

    @Test func `Of used steps none counts, nor any before them`() {
        let password = Self.password(.sha1)
        let now = Timestamp(seconds: 1_700_000_000)
        let step = password.step(at: now)
        func found(_ steps: Int64, used: Int64) -> Bool {
            password.step(of: password.code(ofStep: step + steps).revealed, at: now, skew: 1, used: used) != nil
        }
        #expect(!found(0, used: step))
        #expect(!found(-1, used: step))
        #expect(found(1, used: step))
        #expect(found(0, used: step - 1))
    }

    @Test(arguments: [(0, 30), (1, 29), (29, 1), (30, 30), (59, 1)] as [(Int64, Int)])
    func `The seconds left run from the period to one`(seconds: Int64, left: Int) {
        #expect(Self.password(.sha1).secondsLeft(at: Timestamp(milliseconds: seconds * 1000 + 999)) == left)
    }
}

@Suite("Secrets as text") struct Base32TextTests {
    /// RFC 4648, section 10.
    @Test(arguments: [
        ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"),
        ("foobar", "MZXW6YTBOI"),
    ])
    func `The RFC's vectors hold`(plain: String, text: String) {
        let bytes = Redacted(Array(plain.utf8))
        #expect(Base32Text.encode(bytes).revealed == text)
        let padded = text + String(repeating: "=", count: (8 - text.count % 8) % 8)
        for written in [text, padded, text.lowercased()] { #expect(Base32Text.decode(Redacted(written)) == bytes) }
    }

    @Test func `Groups may be set off`() {
        #expect(Base32Text.decode(Redacted("mzxw 6ytb-oi")) == Redacted(Array("foobar".utf8)))
    }

    @Test(arguments: ["", "=", "A", "MZX", "MZXW6Y", "MZXW0", "MZXW6===A", "MZXW1YTB", "ÄÖ", "MZ\nXW"])
    func `What is none is refused`(text: String) {
        #expect(Base32Text.decode(Redacted(text)) == nil)
    }

    @Test(arguments: 1...30) func `Every secret comes back`(seed: UInt64) {
        var generator = Seeded(seed)
        let bytes = (0..<Int.random(in: 1...80, using: &generator)).map { _ in
            UInt8.random(in: .min ... .max, using: &generator)
        }
        #expect(Base32Text.decode(Base32Text.encode(Redacted(bytes)))?.revealed == bytes)
    }
}

@Suite("Links for authenticator apps") struct KeyURITests {
    @Test func `A link is written as Twilio writes it`() throws {
        let secret = Redacted("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
        let bytes = try #require(Base32Text.decode(secret))
        let link = KeyURI(
            issuer: "test-issuer", label: "John’s Account Name", password: OneTimePassword(secret: bytes))
        #expect(
            link.text(secret: secret).revealed == """
                otpauth://totp/test-issuer:John%E2%80%99s%20Account%20Name\
                ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=test-issuer&algorithm=SHA1&digits=6&period=30
                """)
        #expect(try KeyURI(reading: link.text(secret: secret)) == link)
    }

    @Test func `What a link leaves out is as usual`() throws {
        let link = try KeyURI(reading: Redacted("otpauth://totp/anna%40example.com?secret=mzxw6ytb"))
        #expect((link.issuer, link.label) == ("", "anna@example.com"))
        #expect(link.password == OneTimePassword(secret: Redacted(Array("fooba".utf8))))
        let full = try KeyURI(
            reading: Redacted(
                "otpauth://TOTP/Old:%20anna?secret=MZXW6YTB&issuer=New&algorithm=SHA512&digits=8&period=60"))
        #expect((full.issuer, full.label) == ("New", "anna"))
        #expect(full.password.algorithm == .sha512)
        #expect((full.password.digits, full.password.period) == (8, 60))
        #expect(try KeyURI(reading: Redacted("otpauth://totp/Site:anna?secret=MZXW6YTB")).issuer == "Site")
    }

    @Test(arguments: [
        "", "otpauth://totp/x", "otpauth://hotp/x?secret=MZXW6YTB&counter=1", "https://x?secret=MZXW6YTB",
        "otpauth://totp/x?", "otpauth://totp/x?secret=", "otpauth://totp/x?secret=MZXW1",
        "otpauth://totp/x?secret=MZXW6YTB&digits=2", "otpauth://totp/x?secret=MZXW6YTB&digits=x",
        "otpauth://totp/x?secret=MZXW6YTB&period=0", "otpauth://totp/x?secret=MZXW6YTB&algorithm=MD5",
    ])
    func `What is no link is refused in words that keep the secret`(text: String) {
        let problem = #expect(throws: ControlProblem.self) { try KeyURI(reading: Redacted(text)) }
        #expect(problem?.text.hasPrefix("The link") == true)
        #expect(problem?.text.contains("MZXW") == false)
    }
}
