import ArgumentParser
import Glibc

/// Values that must not show in the list of processes: typed, or piped in.
enum StandardInput {
    /// What stands for standard input in place of a value.
    static let mark = "-"

    /// `value`, or the next line of standard input where it is ``mark``.
    ///
    /// - Parameter name: what is asked for, where somebody types it.
    static func value(_ value: String?, _ name: String) throws -> String? {
        guard value == mark else { return value }
        return try line(name)
    }

    static func value(_ value: String, _ name: String) throws -> String {
        value == mark ? try line(name) : value
    }

    static func line(_ name: String) throws -> String {
        if isatty(STDIN_FILENO) != 0 { StandardError.ask("\(name): ") }
        guard let text = readLine(), !text.isEmpty else {
            throw ValidationError("the \(name) is read from standard input, and there was none")
        }
        return text
    }
}
