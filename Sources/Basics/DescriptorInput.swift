import Glibc

/// Reads whole files and standard input, whatever they are; nothing here traps.
public enum DescriptorInput {
    /// The system refused to read.
    public struct Failure: Error, Equatable {
        /// `EFBIG` when there is more than was allowed.
        public var code: Int32

        /// The system's words for ``code``.
        public var reason: String { String(cString: strerror(code)) }
    }

    /// Reads to the end.
    public static func read(_ descriptor: Int32, atMost limit: Int) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count > 0 {
                bytes += buffer.prefix(count)
                guard bytes.count <= limit else { throw Failure(code: EFBIG) }
            } else if errno != EINTR {
                // Nobody is waited for at a non-blocking one: that is for whoever set it so.
                throw Failure(code: errno)
            }
        }
    }

    /// Opens a file and reads it to its end.
    public static func read(path: String, atMost limit: Int) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(code: errno) }
        defer { close(descriptor) }
        return try read(descriptor, atMost: limit)
    }
}
