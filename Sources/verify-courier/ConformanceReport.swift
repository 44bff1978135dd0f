import ArgumentParser
import Wire

/// A verdict as it is told: the same for front ends and for workers.
struct ConformanceReport {
    struct Finding {
        var rule: String
        var detail: String
        var advice: String
    }

    var name: String
    var summary: String
    var findings: [Finding]
    /// Why it could not be tried, if so.
    var skipped: String?

    var lines: [StyledLine] {
        if !findings.isEmpty {
            return [title("mend  ", .bad)] + findings.map { StyledLine("      \($0.rule): \($0.detail)") }
                + Set(findings.map(\.advice)).sorted().map { StyledLine("      -> \($0)") }
        }
        if let skipped { return [title("skip  ", .doubtful), StyledLine("      \(skipped)")] }
        return [title("ok    ", .good)]
    }

    private func title(_ verdict: String, _ tone: Tone) -> StyledLine {
        StyledLine([.init(text: verdict, tone: tone), .init(text: "\(name): \(summary)")])
    }

    var value: JSONValue {
        let findings = findings.map { finding in
            JSONValue.object([
                "rule": .string(finding.rule), "detail": .string(finding.detail), "advice": .string(finding.advice),
            ])
        }
        var members: [String: JSONValue] = ["case": .string(name), "findings": .array(findings)]
        members["skipped"] = skipped.map { .string($0) }
        return .object(members)
    }

    /// Prints what is left to print, and ends with 1 where there is something to mend.
    static func end(_ reports: [ConformanceReport], json: Bool) throws {
        let failed = reports.count { !$0.findings.isEmpty }
        let skipped = reports.count { $0.findings.isEmpty && $0.skipped != nil }
        if json {
            try Output.json(String(decoding: JSONValue.array(reports.map(\.value)).encoded(), as: UTF8.self))
        } else {
            try Output.line(
                "\(reports.count - failed - skipped) passed, \(failed) failed"
                    + (skipped > 0 ? ", \(skipped) skipped" : ""))
        }
        if failed > 0 { throw ExitCode(1) }
    }
}
