import Basics
import Foundation

@testable import App

/// Configurations for tests: nothing of the real environment is read.
enum Configured {
    static func loader(
        flags: [String: String] = [:], _ environment: [String: String] = [:], yaml: String? = nil,
        secrets: String? = nil
    ) throws -> ConfigLoader {
        guard let yaml else {
            return ConfigLoader(flags: flags, file: nil, environment: environment, secrets: secrets)
        }
        let folder = try Folder()
        let file = try folder.write("config.yaml", yaml)
        return ConfigLoader(flags: flags, file: file, environment: environment, secrets: secrets)
    }

    static func settings(
        flags: [String: String] = [:], _ environment: [String: String] = [:], yaml: String? = nil,
        secrets: String? = nil
    ) throws -> Settings {
        try Settings(loader(flags: flags, environment, yaml: yaml, secrets: secrets))
    }

    /// Everything that is wrong, as `config check` says it; paths of the test's own folder cut to the file's name.
    static func problems(
        flags: [String: String] = [:], _ environment: [String: String] = [:], yaml: String? = nil,
        secrets: String? = nil
    ) throws -> [String] {
        let settings = Settings(unchecked: try loader(flags: flags, environment, yaml: yaml, secrets: secrets))
        return settings.problems.map { $0.replacing(/\/[^ ,]*verify-courier-app-[0-9a-f]+\//, with: "") }
    }
}

/// A folder of one test's own, removed when it is let go.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "verify-courier-app-" + RandomID.hex(bytes: 6)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    @discardableResult
    func write(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
        let file = "\(path)/\(name)"
        try Data(text.utf8).write(to: URL(filePath: file))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        return file
    }
}
