import App
import ArgumentParser
import Foundation

struct StoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store", abstract: "The store of outcomes and registrations.",
        subcommands: [Init.self, Check.self, Backup.self, Migrate.self, Rekey.self, Copy.self])

    struct Init: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes the store and its key file.",
            discussion: "Example: verify-courier store init --set store.url=sqlite:/var/lib/verify-courier/store.db")

        @OptionGroup var common: CommonOptions

        @Flag(help: "One JSON object: made.")
        var json = false

        func run() async throws {
            let app = try await common.app()
            try await orExit { try await app.createStore() }
            if json { return try Output.json(JSONLine.of(["made": true])) }
            try Output.line("store made; next: verify-courier topology apply, then verify-courier work")
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Looks through the whole store, also while workers work. Changes nothing.",
            discussion: "Exit code 1 when something is wrong. Example: verify-courier store check --json")

        @OptionGroup var progress: ProgressOptions
        @OptionGroup var common: CommonOptions

        @Flag(help: "One JSON object per check.")
        var json = false

        func run() async throws {
            let app = try await common.app()
            let findings = try await orExit { try await progress.during { _ in try await app.checkStore() } }
            for finding in findings {
                try FindingText.print(finding, json: json)
            }
            if findings.contains(where: { $0.level == .fail }) { throw ExitCode(1) }
        }
    }

    struct Backup: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes one moment's state into a new file, also while workers work.",
            discussion: "Example: verify-courier store backup /backups/store-2027-01-31.db")

        @OptionGroup var progress: ProgressOptions
        @OptionGroup var common: CommonOptions

        @Argument(help: "The new file.", completion: .file())
        var file: String

        @Flag(help: "One JSON object: file, and the key file that it needs.")
        var json = false

        func run() async throws {
            let app = try await common.app()
            let path = file
            let keyFile = try await orExit { try await progress.during { _ in try await app.backUpStore(to: path) } }
            if json { return try Output.json(JSONLine.of(["file": file, "key_file": keyFile])) }
            try Output.lines([
                "backup made and found sound: \(file)",
                "it cannot be read without the key file, which is not in it: keep \(keyFile) in another place",
            ])
        }
    }

    struct Migrate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Brings the store up to date, as the next worker would.",
            discussion: "Example: verify-courier store backup before.db && verify-courier store migrate")

        @OptionGroup var common: CommonOptions

        @Flag(help: "One JSON object: the steps taken.")
        var json = false

        func run() async throws {
            let app = try await common.app()
            let steps = try await orExit { try await app.migrateStore() }
            if json { return try Output.json(JSONLine.of(["steps": steps])) }
            try Output.line(steps.isEmpty ? "the store is up to date" : "steps taken: \(steps.joined(separator: ", "))")
        }
    }

    struct Rekey: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Seals every value with a new key. Stop the workers first.",
            discussion: "Interrupted, it is simply called again. Example: verify-courier store rekey")

        @OptionGroup var progress: ProgressOptions
        @OptionGroup var common: CommonOptions

        @Flag(help: "One JSON object: the key's id, and how many values it seals.")
        var json = false

        func run() async throws {
            let app = try await common.app()
            let done = try await orExit { try await progress.during { _ in try await app.rekeyStore() } }
            if json { return try Output.json(JSONLine.of(["key": Int(done.key), "values": done.values])) }
            try Output.line(
                "\(done.values) values are sealed anew, with key \(done.key); back up the store and its key file now")
        }
    }

    struct Copy: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Moves the store and its keys to a place where there is none. Stop the workers first.",
            discussion: """
                Between SQLite and PostgreSQL every row is compared behind it. \
                Example: verify-courier store copy --to sqlite:/srv/verify-courier/store.db
                """)

        @OptionGroup var progress: ProgressOptions
        @OptionGroup var common: CommonOptions

        @Option(help: "The new store, as in store.url.")
        var to: String

        @Option(
            help: "The new key file; default the new store's path + .key, to be named with PostgreSQL.",
            completion: .file())
        var keyFile: String?

        @Flag(help: "One JSON object: the new store.")
        var json = false

        func run() async throws {
            let app = try await common.app()
            let (url, keyFile) = (to, keyFile)
            try await orExit { try await progress.during { _ in try await app.copyStore(to: url, keyFile: keyFile) } }
            if json { return try Output.json(JSONLine.of(["store": url])) }
            try Output.line("the store is at \(to) too; set store.url to it before the workers start again")
        }
    }
}
