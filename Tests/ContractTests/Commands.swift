import TestKit

/// The commands that the program has, as it describes them itself.
struct Commands: Sendable {
    struct Command: Sendable, CustomStringConvertible {
        /// As typed behind the program's name: `admin user get`.
        var name: String
        var abstract: String
        var discussion: String
        /// Its long options, without the dashes.
        var options: Set<String>

        var description: String { name }
    }

    /// Those that do something: groups of others are left out.
    let all: [Command]

    init() async throws {
        let run = try await Program.run(["--experimental-dump-help"], ["HOME": "/nonexistent"])
        let tree = try JSON(bytes: Array(run.output.utf8))
        all = Self.leaves(of: tree["command"] ?? .null, path: [])
    }

    private static func leaves(of command: JSON, path: [String]) -> [Command] {
        let below = (command["subcommands"]?.elements ?? []).filter { $0["commandName"]?.text != "help" }
        guard below.isEmpty else {
            return below.flatMap { leaves(of: $0, path: path + [$0["commandName"]?.text ?? ""]) }
        }
        let names = (command["arguments"]?.elements ?? []).flatMap { $0["names"]?.elements ?? [] }
        return [
            Command(
                name: path.joined(separator: " "), abstract: command["abstract"]?.text ?? "",
                discussion: command["discussion"]?.text ?? "", options: Set(names.compactMap { $0["name"]?.text }))
        ]
    }
}
