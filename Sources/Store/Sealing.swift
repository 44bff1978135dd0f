public import Basics
import Crypto
import FoundationEssentials
public import Wire

/// Hides what the store keeps of people: seals values, and makes keyed hashes to find them by.
///
/// Each sealed value begins with the id of its key, so that a store can be moved to a new key value by value. Keys bind what
/// they seal to its place, except those that older versions sealed with. Which ones do is written beside the keys and not in
/// the store: whoever writes the store's file must not be able to say that a value needs no place.
///
/// Look-up hashes always come from the oldest key: rows are found by them, so they must stay what they are.
public struct Sealing: Sendable {
    /// The id of the key that values are sealed with.
    public let current: UInt8
    /// Keys from this id on bind values to their places; `nil` before a store's first key that does.
    private let bindingFrom: UInt8?
    private let sealingKeys: [UInt8: SymmetricKey]
    /// What every keyed hash begins with: making it of the key costs more than the hash itself.
    private let keyedHash: HMAC<SHA256>
    /// The same for the use that nearly all are for.
    private let keyedLookup: HMAC<SHA256>

    /// `nil` unless every key has 32 bytes and `current` is one of them.
    ///
    /// - Parameter bindingFrom: The first id whose key binds values to their places; `nil` if none does.
    public init?(keys: [UInt8: [UInt8]], current: UInt8, bindingFrom: UInt8? = 0) {
        guard keys[current] != nil, keys.values.allSatisfy({ $0.count == 32 }) else { return nil }
        guard let oldest = keys.min(by: { $0.key < $1.key })?.value else { return nil }
        self.current = current
        self.bindingFrom = bindingFrom
        sealingKeys = keys.mapValues { Self.derive("verify-courier sealing", from: $0) }
        keyedHash = HMAC(key: Self.derive("verify-courier lookup", from: oldest))
        keyedLookup = Self.begin("lookup", keyedHash)
    }

    private static func derive(_ purpose: String, from key: [UInt8]) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: key), info: Array(purpose.utf8), outputByteCount: 32)
    }

    /// How many bytes a sealed value is longer than what is in it: key id, nonce, tag.
    package static let overhead = 1 + 12 + 16

    /// Whether values that the key of this id has sealed can be opened.
    package func holds(_ id: UInt8) -> Bool { sealingKeys[id] != nil }

    /// Whether what is sealed from now on opens at its place only.
    package var isBinding: Bool { isBinding(current) }

    /// Whether there is no other value that opens: nothing that an older version wrote is taken any more.
    package var isBindingAll: Bool { sealingKeys.keys.allSatisfy(isBinding) }

    private func isBinding(_ id: UInt8) -> Bool { bindingFrom.map { id >= $0 } ?? false }

    private func authenticated(_ id: UInt8, _ place: SealedPlace) -> [UInt8] {
        isBinding(id) ? place.authenticated(with: id) : [id]
    }

    /// Key id, nonce, ciphertext, tag.
    package func seal(_ plain: [UInt8], at place: SealedPlace) throws(StoreError) -> [UInt8] {
        guard let key = sealingKeys[current],
            let box = try? AES.GCM.seal(plain, using: key, authenticating: authenticated(current, place)),
            let combined = box.combined
        else { throw StoreError(.failed, "A value could not be encrypted.") }
        var sealed: [UInt8] = []
        sealed.reserveCapacity(1 + combined.count)
        sealed.append(current)
        sealed.append(contentsOf: combined)
        return sealed
    }

    /// - Throws: ``StoreError``, `.wrongKey` without the value's key, `.corrupt` for one that was changed or moved.
    package func open(_ sealed: [UInt8], at place: SealedPlace) throws(StoreError) -> [UInt8] {
        guard let id = sealed.first, let key = sealingKeys[id] else {
            throw StoreError(.wrongKey, "A value in the store is sealed with a key that the key file does not hold.")
        }
        guard let box = try? AES.GCM.SealedBox(combined: sealed.dropFirst()),
            let plain = try? AES.GCM.open(box, using: key, authenticating: authenticated(id, place))
        else { throw StoreError(.corrupt, "A sealed value in the store was changed, moved or is damaged.") }
        return Array(plain)
    }

    /// A keyed hash: equal texts are found by it, and nothing is read from it.
    public func lookup(_ text: String) -> [UInt8] {
        Self.end(keyedLookup, text)
    }

    /// A keyed hash of a job: whether an id comes back with another body.
    public func fingerprint(_ kind: JobKind, _ body: [UInt8]) -> [UInt8] {
        hash("fingerprint \(kind.rawValue)", body)
    }

    /// A secret that belongs to one job and is kept nowhere: computed from the job's identity whenever it is asked for.
    public func secret(_ field: WithheldField, of key: JobKey) -> Redacted<String>? {
        let bytes = hash("secret \(field.packed)", Array("\(key.frontEnd)\u{0}\(key.messageID)".utf8))
        switch field {
        case .code:
            // Of 64 bits, the bias of a remainder by 10^8 is below 2^-37.
            let number = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } % 100_000_000
            let digits = String(number)
            return Redacted(String(repeating: "0", count: 8 - digits.count) + digits)
        case .ticket:
            // Crockford's alphabet: nothing that reads like something else.
            let letters = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
            let text = String(bytes.prefix(16).map { letters[Int($0 % 32)] })
            return Redacted(stride(from: 0, to: 16, by: 4).map { text.dropFirst($0).prefix(4) }.joined(separator: "-"))
        case .user, .enrolment: return nil
        }
    }

    /// A keyed hash of a person's name, for what leaves the store.
    public func pseudonym(of user: String) -> String {
        hash("pseudonym", Array(user.utf8)).prefix(16).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }

    /// Tells whether a store and a key file belong together.
    public var checkValue: [UInt8] { hash("check", []) }

    private func hash(_ use: String, _ bytes: [UInt8]) -> [UInt8] {
        var hash = Self.begin(use, keyedHash)
        hash.update(data: bytes)
        return hash.finalize().withUnsafeBytes { Array($0) }
    }

    /// The use is hashed in front, ended by a zero byte that no use contains, so that no two uses ever meet.
    private static func begin(_ use: String, _ keyed: HMAC<SHA256>) -> HMAC<SHA256> {
        var hash = keyed
        hash.update(data: Array(use.utf8) + [0])
        return hash
    }

    private static func end(_ begun: HMAC<SHA256>, _ text: String) -> [UInt8] {
        var (hash, text) = (begun, text)
        text.withUTF8 { hash.update(data: UnsafeRawBufferPointer($0)) }
        return hash.finalize().withUnsafeBytes { Array($0) }
    }
}
