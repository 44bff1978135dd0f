import App
import ArgumentParser
import Logging

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Option(
        name: .long, help: "YAML file with the configuration.", completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @Option(
        name: .customLong("set"), help: "One key, as KEY=VALUE (for example worker.send_slots=64). Repeatable.",
        completion: .list(ConfigKey.assignments))
    var assignments: [String] = []

    func validate() throws {
        for assignment in assignments where !assignment.contains("=") {
            throw ValidationError("--set wants KEY=VALUE, for example worker.send_slots=64")
        }
    }

    /// The layers as they were read, right or wrong.
    var loader: ConfigLoader {
        let pairs = assignments.map { $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false) }
        let flags = Dictionary(pairs.map { (String($0[0]), String($0[1])) }, uniquingKeysWith: { _, last in last })
        return ConfigLoader(flags: flags, file: config)
    }

    func app() async throws -> App {
        try await orExit {
            let settings = try Settings(loader)
            var logger = Logger(
                label: "verify-courier", factory: { _ in LineLogHandler.standardError(settings.logFormat) })
            logger.logLevel = settings.logLevel
            return App(settings: settings, logger: logger)
        }
    }
}
