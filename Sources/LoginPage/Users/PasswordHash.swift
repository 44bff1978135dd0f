public import Basics
import Crypto
import CryptoExtras
import FoundationEssentials

/// A password as it may be kept: scrypt (RFC 7914) with a salt of its own, `scrypt$16384$8$5$<salt>$<key>`, salt and key in
/// hexadecimal digits.
public struct PasswordHash: Sendable, Equatable {
    private var rounds: Int
    private var blockSize: Int
    private var parallelism: Int
    private var salt: [UInt8]
    private var key: [UInt8]

    /// Of a new password: 16 MiB and five passes for every guess, as OWASP recommends for scrypt.
    public init(_ password: Redacted<String>) throws {
        try self.init(password, rounds: 16_384, blockSize: 8, parallelism: 5)
    }

    /// Of a password that nobody has, at the cost of another hash.
    init(ofNobodyLike other: PasswordHash) throws {
        try self.init(
            Redacted(RandomID.hex(bytes: 16)), rounds: other.rounds, blockSize: other.blockSize,
            parallelism: other.parallelism)
    }

    private init(_ password: Redacted<String>, rounds: Int, blockSize: Int, parallelism: Int) throws {
        var generator = SystemRandomNumberGenerator()
        (self.rounds, self.blockSize, self.parallelism) = (rounds, blockSize, parallelism)
        salt = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        key = []
        key = try derive(password)
    }

    /// `nil` for what is no hash, or wants more memory or time than ours ever would.
    public init?(_ text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "scrypt", let rounds = Int(parts[1]), let blockSize = Int(parts[2]),
            let parallelism = Int(parts[3]), let salt = Self.bytes(parts[4]), let key = Self.bytes(parts[5])
        else { return nil }
        guard (1024...131_072).contains(rounds), rounds.nonzeroBitCount == 1, (1...8).contains(blockSize),
            (1...16).contains(parallelism), (8...64).contains(salt.count), (16...64).contains(key.count)
        else { return nil }
        (self.rounds, self.blockSize, self.parallelism) = (rounds, blockSize, parallelism)
        (self.salt, self.key) = (salt, key)
    }

    /// Whether it is of this password.
    ///
    /// Takes a good part of a second, on purpose, and as long for a wrong one.
    public func matches(_ password: Redacted<String>) -> Bool {
        guard let tried = try? derive(password), tried.count == key.count else { return false }
        return zip(tried, key).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private func derive(_ password: Redacted<String>) throws -> [UInt8] {
        let derived = try KDF.Scrypt.deriveKey(
            from: Array(password.revealed.utf8), salt: salt, outputByteCount: key.isEmpty ? 32 : key.count,
            rounds: rounds, blockSize: blockSize, parallelism: parallelism)
        return derived.withUnsafeBytes { Array($0) }
    }

    private static func bytes(_ text: Substring) -> [UInt8]? {
        guard text.utf8.count.isMultiple(of: 2) else { return nil }
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == text.count else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension PasswordHash: CustomStringConvertible {
    /// As it stands in the file.
    public var description: String {
        "scrypt$\(rounds)$\(blockSize)$\(parallelism)$\(Self.hex(salt))$\(Self.hex(key))"
    }
}
