import App
import ArgumentParser
import Foundation

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "The configuration.", subcommands: [Show.self])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints every value and where it came from; secrets are hidden.")

        @OptionGroup var common: CommonOptions

        @Flag(help: "One JSON object per key.")
        var json = false

        func run() async throws {
            for entry in try await common.settings().entries {
                print(json ? try line(entry) : "\(entry.key.name) = \(entry.shown)  [\(entry.source)]")
            }
        }

        private func line(_ entry: ConfigEntry) throws -> String {
            let fields = ["key": entry.key.name, "value": entry.shown, "source": entry.source]
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(fields), as: UTF8.self)
        }
    }
}
