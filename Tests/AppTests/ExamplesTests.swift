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
            Before. Example: echo 1 | verify-courier check --user 'anna b' >out
              verify-courier a \\
                --b "c d" && verify-courier e   (a remark)
            Behind.
            """
        #expect(ShellExample.commands(in: text) == [["check", "--user", "anna b"], ["a", "--b", "c d"], ["e"]])
    }
}

/// Calls of the program in a text, as a shell would split them into words.
enum ShellExample {
    static func commands(in text: String) -> [[String]] {
        text.replacing(/\\\n\s*/, with: "").split(separator: "\n").flatMap { line in
            line.split(separator: /\||&&|Examples?:/).compactMap { part in
                let words = words(of: String(part).replacing(/\(.*\)|>\S+/, with: ""))
                return words.first == "verify-courier" ? Array(words.dropFirst()) : nil
            }
        }
    }

    private static func words(of text: String) -> [String] {
        text.matches(of: /(?:'[^']*'|"[^"]*"|[^\s'"])+/).map { String($0.output).replacing(/['"]/, with: "") }
    }
}
