import Crypto
import FoundationEssentials
import Glibc

/// The file that holds a store's keys: JSON, made for its owner only, and taken where a group may read it too.
public enum KeyFile {
    private struct Content: Codable {
        /// 2 once a key binds values to their places: older versions, which cannot open those, refuse the file.
        var version: Int
        var current: Int
        var keys: [String: String]
        /// The first id whose key binds values to their places; 0 once no other value is left.
        var bindingFrom: Int?

        enum CodingKeys: String, CodingKey {
            case version, current, keys
            case bindingFrom = "binding_from"
        }
    }

    /// Makes a file with one fresh key.
    ///
    /// Never replaces one: what is sealed with a lost key is lost.
    public static func create(_ path: String) throws(StoreError) -> Sealing {
        let key = fresh()
        guard let sealing = Sealing(keys: [1: Array(key)], current: 1, bindingFrom: 0) else { throw notEncoded(path) }
        try make(path, Content(version: 2, current: 1, keys: ["1": key.base64EncodedString()], bindingFrom: 0))
        return sealing
    }

    /// Adds a fresh key, which values are sealed with from now on; the older ones stay for what they have sealed.
    package static func addKey(_ path: String) throws(StoreError) -> Sealing {
        var content = try readContent(path)
        let id = (content.keys.keys.compactMap { UInt8($0) }.max() ?? 0).addingReportingOverflow(1)
        guard !id.overflow else { throw StoreError(.failed, "The key file \(path) has no room for one more key id.") }
        content.current = Int(id.partialValue)
        content.version = 2
        content.bindingFrom = content.bindingFrom ?? content.current
        content.keys[String(id.partialValue)] = fresh().base64EncodedString()
        guard let sealing = sealing(of: content) else { throw notEncoded(path) }
        try replace(path, content)
        return sealing
    }

    /// Takes out every key but the current and the oldest, which look-up hashes come from, once everything is sealed
    /// with the current one.
    ///
    /// From then on no value is taken that is not bound to its place, not even the oldest key's.
    package static func removeUnused(_ path: String) throws(StoreError) {
        var content = try readContent(path)
        let oldest = content.keys.keys.compactMap { UInt8($0) }.min().map { Int($0) }
        content.keys = content.keys.filter { Int($0.key) == content.current || Int($0.key) == oldest }
        if let from = content.bindingFrom, content.current >= from { content.bindingFrom = 0 }
        try replace(path, content)
    }

    /// Copies the file to a place where there is none.
    package static func copy(_ path: String, to other: String) throws(StoreError) {
        try make(other, try readContent(path))
    }

    /// Takes a file away that was just made, for a store that could not be.
    package static func remove(_ path: String) { unlink(path) }

    private static func fresh() -> Data { Data(SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }) }

    private static func notEncoded(_ path: String) -> StoreError {
        StoreError(.failed, "The key file \(path) could not be encoded.")
    }

    private static func make(_ path: String, _ content: Content) throws(StoreError) {
        guard let json = try? JSONEncoder().encode(content) else { throw notEncoded(path) }
        let file = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            let code: StoreError.Code = errno == EEXIST ? .exists : .failed
            let why = String(cString: strerror(errno))
            throw StoreError(
                code, "The key file \(path) cannot be made: \(why). store.key_file names another place.")
        }
        defer { Glibc.close(file) }
        guard write(Array(json), to: file), fsync(file) == 0 else {
            unlink(path)
            throw StoreError(.failed, "The key file \(path) could not be written; is its disk full?")
        }
    }

    /// Whole or not at all, also when the power fails: a store without its keys is lost.
    private static func replace(_ path: String, _ content: Content) throws(StoreError) {
        let fresh = path + ".new"
        // Left by one that was interrupted: nothing was sealed with what it held.
        unlink(fresh)
        try make(fresh, content)
        keepRights(of: path, for: fresh)
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let directory = Glibc.open(folder, O_RDONLY | O_CLOEXEC)
        defer { Glibc.close(directory) }
        guard rename(fresh, path) == 0, directory >= 0, fsync(directory) == 0 else {
            throw StoreError(
                .failed, "The key file \(path) could not be replaced: \(String(cString: strerror(errno))).")
        }
    }

    /// A group that may read the keys goes on reading them.
    private static func keepRights(of path: String, for fresh: String) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & 0o040 != 0, chown(fresh, .max, status.st_gid) == 0 else {
            return
        }
        chmod(fresh, 0o640)
    }

    /// Reads the file; refuses one that may be read by others than its owner and group, or changed by the group: a secret
    /// that a container is given is mounted for a group (0440).
    public static func read(_ path: String) throws(StoreError) -> Sealing {
        guard let sealing = sealing(of: try readContent(path)) else { throw notOurs(path) }
        return sealing
    }

    private static func notOurs(_ path: String) -> StoreError {
        StoreError(
            .wrongKey, "The key file \(path) is not one of this program's; put this store's own there, from its backup."
        )
    }

    private static func readContent(_ path: String) throws(StoreError) -> Content {
        let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw StoreError(
                .wrongKey,
                """
                The key file \(path) cannot be opened: \(String(cString: strerror(errno))). Put the store's own there, or \
                name its place with store.key_file; without it nothing in the store can be read.
                """)
        }
        defer { Glibc.close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & 0o037 == 0 else {
            throw StoreError(
                .wrongKey,
                "The key file \(path) is open to other users; allow its owner only, or a group to read it (chmod 600 or 640)."
            )
        }
        guard let content = try? JSONDecoder().decode(Content.self, from: Data(readAll(file))),
            content.version == (content.bindingFrom == nil ? 1 : 2)
        else { throw notOurs(path) }
        return content
    }

    private static func sealing(of content: Content) -> Sealing? {
        var keys: [UInt8: [UInt8]] = [:]
        for (id, text) in content.keys {
            guard let id = UInt8(id), let key = Data(base64Encoded: text) else { return nil }
            keys[id] = Array(key)
        }
        guard let current = UInt8(exactly: content.current) else { return nil }
        guard let from = content.bindingFrom else { return Sealing(keys: keys, current: current, bindingFrom: nil) }
        return UInt8(exactly: from).flatMap { Sealing(keys: keys, current: current, bindingFrom: $0) }
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
