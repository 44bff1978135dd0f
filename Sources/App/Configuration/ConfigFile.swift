import FoundationEssentials
import Yams

/// The YAML file of `--config`, flattened: each key with its text and line.
///
/// Read with Yams itself: unknown keys are to be found, and named with their lines.
enum ConfigFile {
    struct Value: Sendable, Equatable {
        var text: String
        var line: Int
    }

    static func read(_ path: String, _ notes: inout ConfigNotes) -> [String: Value] {
        guard let data = try? Data(contentsOf: URL(filePath: path)), data.count <= 1 << 20 else {
            notes.problem("the configuration file \(path) cannot be read, or is larger than 1 MiB")
            return [:]
        }
        do {
            return parse(try TextBytes.text(Array(data)), path: path, &notes)
        } catch {
            notes.problem("the configuration file \(path) \(error.message)")
            return [:]
        }
    }

    /// Pure: `path` is for the words only.
    static func parse(_ yaml: String, path: String, _ notes: inout ConfigNotes) -> [String: Value] {
        var walk = ConfigFileWalk(path: path)
        do {
            guard let root = try Yams.compose(yaml: yaml) else { return [:] }
            if let mapping = root.mapping {
                walk.take(mapping, under: [])
            } else if !root.isBlank {
                walk.notes.problem("\(path) must hold keys and values, as in 'log.level: debug'")
            }
        } catch {
            walk.notes.problem(words(for: error, path))
        }
        notes.problems += walk.notes.problems
        notes.warnings += walk.notes.warnings
        return walk.values
    }

    /// Without the excerpt that Yams adds: the file may hold what should not be in it.
    private static func words(for error: any Error, _ path: String) -> String {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "\(path), line \(mark.line), is no YAML: \(problem)"
        case .duplicatedKeysInMapping(let names, let context):
            "\(path), line \(context.mark.line): \(LogText.escaped(names.joined(separator: ", "), limit: 100)) stands there twice"
        default: "\(path) is no YAML"
        }
    }
}

extension Node {
    /// Nothing, `~`, `null` or an empty text.
    var isBlank: Bool {
        guard let scalar else { return false }
        return scalar.string.trimmed.isEmpty || (scalar.style == .plain && ["~", "null"].contains(scalar.string))
    }
}
