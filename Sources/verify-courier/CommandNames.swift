import App
import ArgumentParser

/// Finds commands that do not exist before the parser does, which calls them unexpected arguments.
enum CommandNames {
    /// More edits are another word rather than a mistyped one.
    private static let mostEdits = 2

    /// - Throws: `ValidationError` that names the nearest command, for a word in a command's place that is none.
    static func check(_ arguments: [String]) throws {
        var command: any ParsableCommand.Type = VerifyCourier.self
        var words = arguments[...]
        if words.first == "help" { words.removeFirst() }
        for word in words {
            let below = command.configuration.subcommands
            // Options come behind commands; where there are some before, the parser sorts them out.
            guard !below.isEmpty, !word.hasPrefix("-") else { return }
            guard let next = below.first(where: { $0._commandName == word }) else {
                throw ValidationError(problem(word, below.map { $0._commandName }))
            }
            command = next
        }
    }

    private static func problem(_ word: String, _ known: [String]) -> String {
        let nearest = EditDistance.nearest(to: word, in: known)
        if let nearest, EditDistance.between(Array(nearest.utf8), Array(word.utf8.prefix(100))) <= mostEdits {
            return "there is no command '\(word)': did you mean '\(nearest)'?"
        }
        return "there is no command '\(word)' here: there are \(known.joined(separator: ", "))"
    }
}
