import Glibc

/// One file that holds one value.
struct SecretFile: Sendable {
    /// Which file, in which state: when another file is put in its place or it is written, the stamp differs.
    struct Origin: Sendable, Hashable {
        var path: String
        var stamp: FileStamp
    }

    var origin: Origin
    var text: String
    /// What is odd about it, for an operator.
    var warnings: [String]

    /// A token is some dozens of bytes.
    private static let largest = 64 * 1024

    /// Reads a regular file; white space around the value is cut off.
    ///
    /// - Throws: ``ConfigFault`` whose words go after the path and hold nothing of the content.
    static func read(_ path: String) throws(ConfigFault) -> SecretFile {
        // Not blocking: a pipe in its place must not hang the program.
        let file = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw ConfigFault(message: "cannot be read: \(String(cString: strerror(errno)))") }
        defer { Glibc.close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw ConfigFault(message: "is not a regular file")
        }
        // The stamp is from before the reading: what is written meanwhile shows as a change at the next look.
        let origin = Origin(path: path, stamp: FileStamp(status))
        guard status.st_size <= largest, let bytes = bytes(of: file) else {
            throw ConfigFault(message: "cannot be read, or is larger than 64 KiB")
        }
        let text = try value(bytes)
        return SecretFile(origin: origin, text: text, warnings: warnings(status.st_mode, bytes: bytes, value: text))
    }

    private static func bytes(of file: Int32) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while bytes.count <= largest {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count == 0 ? bytes : nil }
            bytes += buffer.prefix(count)
        }
        return nil
    }

    private static func value(_ bytes: [UInt8]) throws(ConfigFault) -> String {
        let content: String
        do { content = try TextBytes.text(bytes) } catch {
            switch error {
            case .utf16: throw ConfigFault(message: error.message)
            // It holds one line.
            case .notUTF8: throw ConfigFault(message: "is not text in UTF-8")
            }
        }
        let value = content.trimmed
        guard !value.isEmpty else { throw ConfigFault(message: "is empty") }
        guard !value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw ConfigFault(message: "holds more than one line, or control characters: it must hold the value alone")
        }
        return value
    }

    private static func warnings(_ mode: mode_t, bytes: [UInt8], value: String) -> [String] {
        var warnings: [String] = []
        if mode & 0o7777 & ~0o640 != 0 {
            let shown = "0" + String(mode & 0o777, radix: 8)
            warnings.append("may be read by more than its owner and group (mode \(shown)): chmod 640 or less")
        }
        // One line break at the end is what every editor writes.
        // A mark before it is what some write, and is cut off as well.
        let content = bytes.starts(with: "\u{FEFF}".utf8) ? bytes[3...] : bytes[...]
        if !["", "\n", "\r\n"].contains(where: { content.elementsEqual((value + $0).utf8) }) {
            warnings.append("has white space around its value, which is cut off")
        }
        return warnings
    }
}

/// What tells one state of a file from another without reading it.
struct FileStamp: Sendable, Hashable {
    private let device: UInt
    private let inode: UInt
    private let size: Int
    private let seconds: Int
    private let nanoseconds: Int

    init(_ status: stat) {
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
        size = Int(status.st_size)
        seconds = Int(status.st_mtim.tv_sec)
        nanoseconds = Int(status.st_mtim.tv_nsec)
    }

    /// `nil` when there is no such file, or it may not be looked at.
    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }
}
