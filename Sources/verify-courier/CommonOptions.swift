import App
import ArgumentParser
import Foundation
import Logging

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Option(name: .long, help: "YAML file with the configuration.")
    var config: String?

    @Option(name: .customLong("set"), help: "One key, as KEY=VALUE (for example worker.send_slots=64). Repeatable.")
    var assignments: [String] = []

    /// The configuration, checked as far as the layers go.
    func settings() async throws -> Settings {
        try await orExit {
            var flags: [String: String] = [:]
            for assignment in assignments {
                guard let equals = assignment.firstIndex(of: "=") else {
                    throw ConfigProblem("--set wants KEY=VALUE, not '\(assignment)'")
                }
                let key = String(assignment[..<equals])
                guard ConfigKey.all.contains(where: { $0.name == key && !$0.isSecret }) || key == "broker.url" else {
                    throw ConfigProblem("--set: '\(key)' is no key that can be given by a flag; see 'config show'")
                }
                flags[key] = String(assignment[assignment.index(after: equals)...])
            }
            return try Settings(try await ConfigLoader(flags: flags, file: config))
        }
    }

    func app() async throws -> App {
        let settings = try await settings()
        return try await orExit {
            var logger = Logger(label: "verify-courier", factory: { StreamLogHandler.standardError(label: $0) })
            logger.logLevel = try settings.logLevel
            return App(settings: settings, logger: logger)
        }
    }
}
