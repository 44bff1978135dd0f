import AMQP
import Basics

@testable import App

/// Whatever is configured, it works or every mistake is told in a line that says where, and no line holds a secret.
struct SettingsPromise {
    let settings: Settings
    let loader: ConfigLoader
    /// The files.
    let places: [String]
    let input: [UInt8]

    func check() throws(BrokenPromise) -> String {
        let problems = settings.workProblems()
        for line in problems + settings.warnings { try checkLine(line) }
        try checkThatItThrows()
        try checkValues()
        try checkSecrets(in: problems + settings.warnings + settings.entries.map { "\($0)\($0.shown)" })
        return problems.isEmpty ? "works" : settings.problems.isEmpty ? "lacks" : "wrong"
    }

    private func checkLine(_ line: String) throws(BrokenPromise) {
        try insist(
            line.unicodeScalars.allSatisfy {
                ![.control, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
            }, "a mistake is told in more than one line: \(line.debugDescription)")
        let isNamed =
            places.contains(where: line.contains)
            || ConfigKey.all.contains { line.contains($0.name) || line.contains($0.environmentName) }
        try insist(isNamed, "a mistake without a place: \(line)")
    }

    private func checkThatItThrows() throws(BrokenPromise) {
        let works = (try? Settings(loader)) != nil
        try insist(works == settings.problems.isEmpty, "mistakes that are told but not thrown")
    }

    private func checkValues() throws(BrokenPromise) {
        for entry in settings.entries {
            guard case .number(let number)? = settings.typed(entry.key.name), case .number(let range) = entry.key.kind
            else { continue }
            try insist(range.contains(number), "\(entry.key.name) out of range")
        }
    }

    private func checkSecrets(in lines: [String]) throws(BrokenPromise) {
        for secret in secrets where secret.utf8.count >= 8 && input.occurrences(of: secret) == 1 {
            for line in lines {
                try insist(Array(line.utf8).occurrences(of: secret) == 0, "a secret in \(line)")
            }
        }
    }

    private var secrets: [String] {
        let tokens = settings.entries.filter { $0.key.isSecret && $0.key.kind == .text }.compactMap(\.value)
        guard case .brokers(let urls)? = settings.typed("broker.url") else { return tokens }
        return tokens + urls.map(\.password.revealed)
    }
}
