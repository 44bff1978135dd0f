import App
import ArgumentParser
import Conformance
import Wire

struct ConformanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance",
        abstract: "Judges a front end by the contract.",
        subcommands: [ConformanceFrontEndCommand.self])
}

struct ConformanceFrontEndCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "front-end",
        abstract: "Plays a scripted worker against a front end, and says what to mend.",
        discussion: """
            The broker is one on this machine where no worker runs, with the topology applied. COMMAND is run by the shell once for \
            each case: it signs $VERIFY_CONFORMANCE_USER in by a text whose code is $VERIFY_CONFORMANCE_CODE, and ends with 0 when \
            the person is in and with 1 when not.
            Example: verify-courier conformance front-end --run \
            'printf "sms\\n$VERIFY_CONFORMANCE_CODE\\n" | python login.py "$VERIFY_CONFORMANCE_USER"'
            """)

    @OptionGroup var common: CommonOptions

    @Option(name: .customLong("run"), help: "The command that signs one person in.")
    var command: String

    @Option(name: .customLong("case"), help: "Only this case; repeatable.")
    var cases: [String] = []

    @Option(help: "Cases at once.")
    var atOnce = 8

    @Option(help: "Seconds for one sign-in.")
    var limit = 120

    @Flag(help: "Print the verdicts as one JSON array.")
    var json = false

    func validate() throws {
        for name in cases where ConformanceCase(rawValue: name) == nil {
            throw ValidationError("--case: there is no case '\(name)'; there are \(ConformanceCase.choices)")
        }
        guard (1...64).contains(atOnce) else { throw ValidationError("--at-once must be from 1 to 64") }
        guard (30...600).contains(limit) else { throw ValidationError("--limit must be from 30 to 600 seconds") }
    }

    func run() async throws {
        let app = try await common.app()
        let wanted = cases.isEmpty ? ConformanceCase.allCases : cases.compactMap(ConformanceCase.init)
        let tellsAtOnce = !json
        let verdicts = try await orExit {
            try await app.judgeFrontEnd(command: command, cases: wanted, atOnce: atOnce, limit: limit) { verdict in
                if tellsAtOnce { try? Output.lines(Self.lines(of: verdict)) }
            }
        }
        let failed = verdicts.count { !$0.findings.isEmpty }
        if json {
            try Output.json(String(decoding: JSONValue.array(verdicts.map(Self.value)).encoded(), as: UTF8.self))
        } else {
            try Output.line("\(verdicts.count - failed) passed, \(failed) failed")
        }
        if failed > 0 { throw ExitCode(1) }
    }

    private static func lines(of verdict: ConformanceVerdict) -> [String] {
        let name = "\(verdict.situation.rawValue): \(verdict.situation.summary)"
        guard !verdict.findings.isEmpty else { return ["ok    \(name)"] }
        return ["mend  \(name)"] + verdict.findings.map { "      \($0.rule.rawValue): \($0.detail)" }
            + Set(verdict.findings.map(\.rule.advice)).sorted().map { "      -> \($0)" }
    }

    private static func value(_ verdict: ConformanceVerdict) -> JSONValue {
        let findings = verdict.findings.map { finding in
            JSONValue.object([
                "rule": .string(finding.rule.rawValue), "detail": .string(finding.detail),
                "advice": .string(finding.rule.advice),
            ])
        }
        return .object(["case": .string(verdict.situation.rawValue), "findings": .array(findings)])
    }
}
