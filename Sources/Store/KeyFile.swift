import Crypto
import FoundationEssentials
import Glibc

/// The file that holds a store's keys: JSON, readable by its owner only.
public enum KeyFile {
    private struct Content: Codable {
        var version: Int
        var current: Int
        var keys: [String: String]
    }

    /// Makes a file with one fresh key. Never replaces one: what is sealed with a lost key is lost.
    public static func create(_ path: String) throws(StoreError) -> Sealing {
        let key = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
        let content = Content(version: 1, current: 1, keys: ["1": Data(key).base64EncodedString()])
        guard let json = try? JSONEncoder().encode(content), let sealing = Sealing(keys: [1: key], current: 1) else {
            throw StoreError(.failed, "The key file could not be encoded.")
        }
        let file = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            let code: StoreError.Code = errno == EEXIST ? .exists : .failed
            throw StoreError(code, "The key file cannot be made: \(String(cString: strerror(errno))).")
        }
        defer { Glibc.close(file) }
        guard write(Array(json), to: file), fsync(file) == 0 else {
            unlink(path)
            throw StoreError(.failed, "The key file could not be written.")
        }
        return sealing
    }

    /// Reads the file; refuses one that others can read.
    public static func read(_ path: String) throws(StoreError) -> Sealing {
        let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw StoreError(.wrongKey, "The key file cannot be opened: \(String(cString: strerror(errno))).")
        }
        defer { Glibc.close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & 0o077 == 0 else {
            throw StoreError(.wrongKey, "The key file is open to other users; allow its owner only (chmod 600).")
        }
        guard let content = try? JSONDecoder().decode(Content.self, from: Data(readAll(file))),
            content.version == 1, let sealing = sealing(of: content)
        else { throw StoreError(.wrongKey, "The key file is not one of this program's.") }
        return sealing
    }

    private static func sealing(of content: Content) -> Sealing? {
        var keys: [UInt8: [UInt8]] = [:]
        for (id, text) in content.keys {
            guard let id = UInt8(id), let key = Data(base64Encoded: text) else { return nil }
            keys[id] = Array(key)
        }
        return UInt8(exactly: content.current).flatMap { Sealing(keys: keys, current: $0) }
    }

    private static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Key files are small; anything beyond 64 KiB is none.
    private static func readAll(_ file: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while bytes.count < 65_536 {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += buffer.prefix(count)
        }
        return bytes
    }
}
