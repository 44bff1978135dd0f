import ArgumentParser
import Foundation
import TestKit
import Testing

@testable import verify_courier

@Suite("The examples in the help of every command", .timeLimit(.minutes(10)))
struct ExamplesTests {
    /// A command as the program describes itself.
    private struct Command: Decodable {
        var commandName: String
        var discussion: String?
        var subcommands: [Command]?

        var all: [Command] { [self] + (subcommands ?? []).flatMap(\.all) }
    }

    private struct Tree: Decodable {
        var command: Command
    }

    private static func examples() async throws -> [[String]] {
        let run = try await Program.run(["--experimental-dump-help"], ["HOME": "/nonexistent"])
        let commands = try JSONDecoder().decode(Tree.self, from: Data(run.output.utf8)).command.all
        return commands.compactMap(\.discussion).flatMap(ShellExample.commands)
    }

    @Test("can be typed as they are there: the parser takes each")
    func parsed() async throws {
        let examples = try await Self.examples()
        #expect(examples.count >= 40)
        for example in examples {
            #expect(throws: Never.self, "\(example)") { try VerifyCourier.parseAsRoot(example) }
        }
    }

    @Test("are found with quotes, pipes, remarks and lines that go on")
    func found() {
        let text = """
            Before. Example: echo 1 | verify-courier check --user 'anna | "b" c' >out
              verify-courier a \\
                --b "c d" && verify-courier e   (a remark)
            Behind.
            """
        #expect(
            ShellExample.commands(in: text) == [["check", "--user", "anna | \"b\" c"], ["a", "--b", "c d"], ["e"]])
    }
}

/// Calls of the program in a text, as a shell would split them into words.
enum ShellExample {
    static func commands(in text: String) -> [[String]] {
        text.replacing(/\\\n\s*/, with: "").split(separator: "\n").flatMap { line in
            parts(of: String(line)).split { endsCommand($0) }.compactMap { part in
                let words = part.filter { !$0.hasPrefix("(") && !$0.hasPrefix(">") }
                guard words.first == "verify-courier" else { return nil }
                return words.dropFirst().map { $0.replacing(/^['"]|['"]$/, with: "") }
            }
        }
    }

    /// Words, operators, remarks and redirections; what is quoted is in one piece.
    private static func parts(of line: String) -> [String] {
        line.matches(of: /&&|\||\(.*\)|>\S+|(?:'[^']*'|"[^"]*"|[^\s'"|&>(])+/).map { String($0.output) }
    }

    private static func endsCommand(_ part: String) -> Bool {
        part == "|" || part == "&&" || part == "Example:" || part == "Examples:"
    }
}
