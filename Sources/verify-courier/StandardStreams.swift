import App
import ArgumentParser
import Basics
import Glibc

/// The three streams as the program was given them: closed, full, unread or gone, they are never its end by a signal
/// or a trap.
enum StandardStreams {
    /// Belongs before everything else.
    static func prepare() {
        // A reader that goes, and a file that may grow no more, are errors of the write.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        // Files of ours must not get the number of a stream that is closed, and with it what is printed. What takes its
        // place fails as the closed one does.
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }
}

/// What a command prints.
///
/// The one place: nothing of others' gets to a terminal but by it.
enum Output {
    /// - Throws: `ExitCode` when it cannot be written.
    static func line(_ text: String) throws { try lines([text]) }

    /// Each is one line, whatever is in it.
    static func lines(_ texts: [String]) throws {
        try write(texts.map { LogText.printable($0) + "\n" }.joined())
    }

    /// The same, with looks where they can be seen.
    static func lines(_ lines: [StyledLine]) throws {
        let inColour = Terminal.hasColour
        try write(lines.map { $0.written(inColour: inColour) + "\n" }.joined())
    }

    /// A JSON text of one or more lines, the same to whoever parses it.
    static func json(_ text: String) throws { try write(LogText.printable(json: text) + "\n") }

    /// One line that nobody need read: a worker does not end for it.
    static func announce(_ line: String) throws(WriteFailure) {
        try DescriptorOutput.write(Array("\(line)\n".utf8), to: STDOUT_FILENO, within: .seconds(1))
    }

    private static func write(_ text: String) throws {
        do throws(WriteFailure) {
            try DescriptorOutput.write(Array(text.utf8), to: STDOUT_FILENO)
        } catch {
            // Whoever closed the pipe has read enough, and is told as every other program would tell.
            if error.code == EPIPE { throw ExitCode(128 + SIGPIPE) }
            StandardError.say(["verify-courier: standard output cannot be written: \(error.reason)"])
            throw ExitCode(70)
        }
    }
}

/// What a command says beside its output.
///
/// Where it cannot be said, the exit code says the rest.
enum StandardError {
    static func say(_ lines: [String]) {
        guard !lines.isEmpty else { return }
        // What was logged before comes before it.
        LineLogHandler.flushStandardError()
        write(lines.map { LogText.printable($0) + "\n" }.joined())
    }

    /// Without an end of the line.
    static func ask(_ prompt: String) { write(LogText.printable(prompt)) }

    /// As it is: how far something is, with what writes over the line before.
    static func show(_ text: String) { write(text) }

    private static func write(_ text: String) {
        try? DescriptorOutput.write(Array(text.utf8), to: STDERR_FILENO, within: .seconds(2))
    }
}
