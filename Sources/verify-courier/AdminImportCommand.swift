import App
import ArgumentParser
import Basics
import Glibc
import Store

extension AdminUserCommand {
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sets flags, grace dates and proven numbers of many people from a CSV file.",
            discussion: """
                The first line names the columns: user, and any of required, grace_until, phone.
                Lines that are not taken are listed with their reason; the others are.
                Examples: verify-courier admin user import people.csv --dry-run
                          verify-courier admin user import people.csv --yes
                """)

        @Argument(help: "The file; '-' is standard input.", completion: .file(extensions: ["csv"]))
        var file: String

        @Flag(help: "Only read it, and list what would be refused.")
        var dryRun = false

        @Flag(help: "One JSON object per refused line, and one with the counts at the end.")
        var json = false

        @OptionGroup var confirmation: Confirmation
        @OptionGroup var progress: ProgressOptions
        @OptionGroup var common: CommonOptions

        @Option(
            name: .customLong("operator"), help: "Who does it, for the audit trail. Default: who is logged in here.")
        var administrator: String?

        func run() async throws {
            let app = try await common.app()
            let (bytes, name) = (try read(), AdminOptions.name(administrator))
            let people = try await orExit { try UserImport(csv: bytes, by: name) }
            let refused = dryRun ? people.refusals : try await take(people, app)
            let taken = people.entries.count + people.refusals.count - refused.count
            try report(refused, taken: taken)
            guard refused.isEmpty else { throw ExitCode(65) }
        }

        private func take(_ people: UserImport, _ app: App) async throws -> [UserImport.Refusal] {
            let count = people.entries.count
            if count > 1 { try confirmation.require("\(count) people are to be changed", "change them") }
            return try await orExit {
                try await progress.during { told in
                    try await app.importUsers(people) { told(StoreProgress("people", $0, of: count)) }
                }
            }
        }

        private func report(_ refused: [UserImport.Refusal], taken: Int) throws {
            guard json else {
                try Output.lines(refused.map(\.description))
                return try Output.line("\(taken) \(dryRun ? "would be taken" : "taken"), \(refused.count) refused")
            }
            for refusal in refused { try Output.json(JSONLine.of(refusal)) }
            try Output.json(JSONLine.of(["taken": taken, "refused": refused.count]))
        }

        private func read() throws -> [UInt8] {
            do throws(DescriptorInput.Failure) {
                return file == "-"
                    ? try DescriptorInput.read(STDIN_FILENO, atMost: Self.largest)
                    : try DescriptorInput.read(path: file, atMost: Self.largest)
            } catch {
                throw ValidationError("cannot read \(file): \(error.reason)")
            }
        }

        /// Some million lines.
        private static let largest = 64 << 20
    }
}
