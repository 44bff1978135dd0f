import App
import ArgumentParser
import Foundation
import VerifyClient
import Wire

/// What every administrator's command takes.
struct AdminOptions: ParsableArguments {
    @Option(name: .customLong("operator"), help: "Who does it, for the audit trail. Default: who is logged in here.")
    var administrator: String?

    @OptionGroup var options: ReplyOptions

    static func name(_ given: String?) -> String {
        let environment = ProcessInfo.processInfo.environment
        return given ?? environment["SUDO_USER"] ?? environment["USER"] ?? "unknown"
    }

    func ask(
        _ kind: JobKind, _ fields: [String: JSONValue?], _ common: CommonOptions, isDryRun: Bool = false
    ) async throws {
        var body = JobBody()
        for (name, value) in fields { body[name] = value }
        body["operator"] = .string(Self.name(administrator))
        try await options.ask(kind, body, common, isDryRun: isDryRun)
    }

    /// Asks, and prints nothing of what is answered when all is well.
    func read(_ kind: JobKind, _ fields: [String: JSONValue?], _ common: CommonOptions) async throws -> Reply {
        var body = JobBody()
        for (name, value) in fields { body[name] = value }
        body["operator"] = .string(Self.name(administrator))
        let (app, job, patience) = (try await common.app(), body, Duration.seconds(options.timeout))
        let reply = try await orExit {
            try await app.withClient { try await $0.ask(kind, job, AskOptions(patience: patience)) }
        }
        guard reply.outcome == .done else {
            StandardError.say(ReplyText.lines(of: reply, to: body).map(\.text))
            throw ExitCode(reply.outcome.exitCode)
        }
        return reply
    }

    /// Asks for a list page by page, until its end or until so many were shown.
    func askPages(
        _ kind: JobKind, _ fields: [String: JSONValue?], limit: Int?, _ common: CommonOptions
    ) async throws {
        var (fields, options, left) = (fields, options, limit)
        while true {
            fields["limit"] = .number(String(min(left ?? Self.page, Self.page)))
            var body = JobBody()
            for (name, value) in fields { body[name] = value }
            body["operator"] = .string(Self.name(administrator))
            let reply = try await options.reply(kind, body, common)
            try ReplyOptions.judge(reply)
            left = left.map {
                $0 - (reply.users?.count ?? 0) - (reply.letters?.count ?? 0) - (reply.entries?.count ?? 0)
            }
            guard let next = reply.next, left ?? 1 > 0 else { return }
            fields["after"] = .string(next)
            // Each page is a job of its own.
            options.id = nil
        }
    }

    private static let page = 500
}

struct AdminCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "admin", abstract: "Site options, people, the audit trail.",
        subcommands: [AdminOptionsCommand.self, AdminUserCommand.self, Explain.self, AuditCommand.self])

    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Why a person is asked for what they are asked for, with their limits as they stand.",
            discussion: "Example: verify-courier admin explain anna --application windows")

        @Argument(help: "The person, by the site's own id.")
        var user: String

        @Option(help: "\(Application.choices).", completion: Application.completion)
        var application = "web"

        @OptionGroup var common: CommonOptions
        @OptionGroup var admin: AdminOptions

        func run() async throws {
            try await admin.ask(
                .adminExplain, ["user": .string(user), "application": .string(application)], common)
        }
    }
}

struct AdminOptionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "options", abstract: "The site options that all workers share.", subcommands: [Get.self, Set.self])

    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows them and where each value is from.",
            discussion: "Example: verify-courier admin options get --json")

        @OptionGroup var common: CommonOptions
        @OptionGroup var admin: AdminOptions

        func run() async throws { try await admin.ask(.adminOptionsGet, [:], common) }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Changes them, all or none.",
            discussion: """
                Examples: verify-courier admin options set 2FA_VER_SMS=Disabled --dry-run
                          verify-courier admin options set 2FA_VER_SMS=   (back to the default)
                """)

        @Argument(
            help: "NAME=VALUE; nothing behind the '=' means the default.",
            completion: .list(ConfigKey.siteAssignments))
        var assignments: [String]

        @Flag(help: "Only say what it would do to people.")
        var dryRun = false

        @OptionGroup var common: CommonOptions
        @OptionGroup var admin: AdminOptions

        func run() async throws {
            var values: [String: JSONValue] = [:]
            for assignment in assignments {
                guard let equals = assignment.firstIndex(of: "=") else {
                    throw ValidationError("'\(assignment)' is not NAME=VALUE")
                }
                let value = assignment[assignment.index(after: equals)...]
                values[String(assignment[..<equals])] = value.isEmpty ? .null : .string(String(value))
            }
            try await admin.ask(
                .adminOptionsSet, ["options": .object(values), "dry_run": .bool(dryRun)], common, isDryRun: dryRun)
        }
    }
}
