import ArgumentParser
import Basics
import Glibc

/// Before many things are changed at once: how many they are, and whether that is meant.
struct Confirmation: ParsableArguments {
    @Flag(help: "It is meant: do not ask. Needed where many are changed and nobody is at a terminal.")
    var yes = false

    /// - Parameters:
    ///   - what: such as `12 letters fit`.
    ///   - act: such as `replay them`.
    /// - Throws: `ExitCode(1)` where a person says no; `ExitCode(64)` where nobody can be asked.
    func require(_ what: String, _ act: String) throws {
        if yes { return }
        guard Terminal.isTerminal(STDIN_FILENO), Terminal.isTerminal(STDERR_FILENO) else {
            StandardError.say(["\(what): add --yes to \(act)"])
            throw ExitCode(64)
        }
        StandardError.ask("\(what). Do you want to \(act)? [y/N] ")
        let answer = (readLine() ?? "").trimmingPrefix { $0.isWhitespace }.lowercased()
        guard answer.hasPrefix("y") else {
            StandardError.say(["nothing was done"])
            throw ExitCode(1)
        }
    }

    /// `1 letter`, `12 letters`.
    static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }
}
