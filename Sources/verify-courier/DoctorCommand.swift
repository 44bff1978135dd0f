import App
import ArgumentParser
import Foundation

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Looks at all that a worker needs, and says what to do. Changes nothing.",
        discussion: "Example: verify-courier doctor --config /etc/verify-courier/config.yaml")

    @OptionGroup var common: CommonOptions

    @Flag(help: "One JSON object per check, and one with the counts at the end.")
    var json = false

    @Flag(help: "Exit with 1 on warnings too.")
    var strict = false

    func run() async throws {
        let doctor = Doctor(Settings(unchecked: common.loader))
        let summary = try await doctor.run { finding in
            try FindingText.print(finding, json: json)
        }
        if json {
            let counts = Finding.Level.allCases.map { "\"\($0.rawValue)\":\(summary[$0])" }
            try Output.json("{\(counts.joined(separator: ","))}")
        } else {
            try Output.lines(["", "\(summary)"])
        }
        guard summary.isWell(strict: strict) else { throw ExitCode(1) }
    }
}

/// A finding as it is printed.
enum FindingText {
    static func print(_ finding: Finding, json: Bool) throws {
        if json { try Output.json(try self.json(finding)) } else { try Output.lines(lines(finding)) }
    }

    private static func lines(_ finding: Finding) -> [StyledLine] {
        let level = finding.level.rawValue.padding(toLength: 5, withPad: " ", startingAt: 0)
        let check = finding.check.padding(toLength: 14, withPad: " ", startingAt: 0)
        let first = StyledLine([.init(text: level, tone: tone(finding.level)), .init(text: check + finding.message)])
        return [first] + finding.details.map { StyledLine(String(repeating: " ", count: 19) + $0) }
    }

    private static func tone(_ level: Finding.Level) -> Tone {
        switch level {
        case .ok: .good
        case .warn: .doubtful
        case .fail: .bad
        }
    }

    private struct Line: Encodable {
        var check: String
        var level: String
        var message: String
        var details: [String]
    }

    private static func json(_ finding: Finding) throws -> String {
        try JSONLine.of(
            Line(
                check: finding.check, level: finding.level.rawValue, message: finding.message, details: finding.details)
        )
    }
}
