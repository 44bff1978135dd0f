import Basics
import Glibc
import Testing

@Suite("Writing to streams that others made", .timeLimit(.minutes(10)))
struct DescriptorOutputTests {
    private func failure(_ count: Int, _ descriptor: Int32, within patience: Duration? = nil) -> WriteFailure? {
        do throws(WriteFailure) {
            try DescriptorOutput.write([UInt8](repeating: 0x78, count: count), to: descriptor, within: patience)
            return nil
        } catch {
            return error
        }
    }

    @Test("says why it failed: closed, full, nobody reads any more; it never traps")
    func failures() throws {
        signal(SIGPIPE, SIG_IGN)
        #expect(failure(1, -1)?.code == EBADF)
        let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
        #expect(failure(1, full)?.code == ENOSPC)
        close(full)
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        close(ends[0])
        #expect(failure(1, ends[1])?.code == EPIPE)
        close(ends[1])
    }

    @Test("a pipe that nobody reads is given up when the time is over, blocking or not", arguments: [0, O_NONBLOCK])
    func unread(flags: Int32) throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { ends.forEach { close($0) } }
        #expect(fcntl(ends[1], F_SETFL, flags) == 0)
        let error = try #require(failure(1 << 20, ends[1], within: .milliseconds(50)))
        #expect(error.code == ETIMEDOUT && (1..<1 << 20).contains(error.written))
        #expect(failure(1, ends[1], within: .zero)?.code == ETIMEDOUT)
    }
}
