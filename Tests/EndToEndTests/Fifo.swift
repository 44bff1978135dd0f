import Basics
import Foundation
import Glibc

/// A named pipe with this test at one end, which need not read.
final class Fifo: Sendable {
    let path: String
    private let descriptor: Locked<Int32>

    /// - Parameter mode: how this end is opened; none of these waits for the other.
    init(in folder: String, _ mode: Int32 = O_RDWR) throws {
        path = "\(folder)/fifo-\(RandomID.hex(bytes: 4))"
        guard mkfifo(path, 0o600) == 0 else { throw CocoaError(.fileWriteUnknown) }
        descriptor = Locked(open(path, mode | O_NONBLOCK | O_CLOEXEC))
    }

    func closeEnd() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
        }
    }

    func write(_ text: String) throws(WriteFailure) {
        try DescriptorOutput.write(Array(text.utf8), to: descriptor.withLock { $0 })
    }

    deinit {
        closeEnd()
    }
}
