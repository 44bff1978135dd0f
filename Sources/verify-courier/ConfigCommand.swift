import App
import ArgumentParser
import Foundation
import Wire

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "The configuration.", subcommands: [Show.self, Check.self])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints every value and where it came from; secrets are hidden.",
            discussion: "Example: verify-courier config show --config /etc/verify-courier/config.yaml")

        @OptionGroup var common: CommonOptions

        @Flag(help: "One JSON object per key.")
        var json = false

        func run() async throws {
            let settings = Settings(unchecked: common.loader)
            for entry in settings.entries {
                if json { try Output.json(Self.json(entry)) } else { try Output.line(Self.text(entry)) }
            }
            try await orExit { guard settings.problems.isEmpty else { throw ConfigProblem(settings.problems) } }
        }

        private static func json(_ entry: ConfigEntry) -> String {
            let fields: [String: JSONValue] = [
                "key": .string(entry.key.name), "value": entry.shownValue, "source": .string(entry.source.rawValue),
                "place": .string(entry.place),
            ]
            return String(decoding: JSONValue.object(fields).encoded(), as: UTF8.self)
        }

        private static func text(_ entry: ConfigEntry) -> String {
            let place = [.flag, .none].contains(entry.source) ? "" : ": \(entry.place)"
            return "\(entry.key.name) = \(entry.shown)  [\(entry.source.rawValue)\(place)]"
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Looks for everything that 'work' would refuse, without asking the store, the broker or Twilio.",
            discussion: "Example: verify-courier config check --config /etc/verify-courier/config.yaml")

        @OptionGroup var common: CommonOptions

        @Flag(help: "One JSON object per problem or warning.")
        var json = false

        func run() async throws {
            let settings = Settings(unchecked: common.loader)
            let problems = settings.workProblems()
            let found = problems.map { ("problem", $0) } + settings.warnings.map { ("warning", $0) }
            for (kind, text) in found {
                if json {
                    try Output.json(JSONLine.of(["kind": kind, "message": text]))
                } else {
                    try Output.line("\(kind): \(text)")
                }
            }
            if !json {
                try Output.line(problems.isEmpty ? "the configuration is right" : "problems: \(problems.count)")
            }
            if !problems.isEmpty { throw ExitCode(78) }
        }
    }
}

/// One object on one line.
enum JSONLine {
    static func of(_ fields: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(fields), as: UTF8.self)
    }
}
