import AMQP
import App
import ArgumentParser
import Wire

struct DefinitionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "definitions",
        abstract: "Prints RabbitMQ definitions: the topology with users, least rights and policies.",
        discussion: """
            Load it instead of 'apply', and the workers need no right to declare anything. Example:
              verify-courier topology definitions --front-end web=web --front-end windows=windows \\
                --front-end desk=any,admin --passwords-file passwords.txt >definitions.json
              rabbitmqctl import_definitions definitions.json
            Each front end NAME gets a user NAME that may publish its jobs and read its own replies, and a user
            NAME-listen that may hear verify.status. One marked admin may publish admin jobs and no logins.
            --command-line NAME makes a user for the administrators' commands (admin, dead), which the workers must
            know too: in front_ends, as NAME: {application: any, admin: true}.
            """)

    @OptionGroup var common: CommonOptions

    @Option(
        name: .customLong("front-end"),
        help:
            "NAME=web, NAME=windows or NAME=any; with ,admin for one that administers. Repeatable; default front_ends.")
    var frontEnds: [FrontEndOption] = []

    @Option(help: "A user for the administrators' commands, with the rights that these need and no other.")
    var commandLine: String?

    @Option(help: "The workers' broker user; default the one in broker.url, or 'worker' where that is guest.")
    var worker: String?

    @Option(help: "The virtual host; default the one in broker.url.")
    var vhost: String?

    @Option(
        help: "File with NAME=PASSWORD lines, or YAML, mode 0600: puts the passwords' hashes in.",
        completion: .file())
    var passwordsFile: String?

    @Flag(help: "Leave the users out: for another import, which would set their passwords anew.")
    var omitUsers = false

    @Flag(help: "Let listeners hear verify.events too.")
    var events = false

    @Flag(help: "The only form there is; taken so that it can be said.")
    var json = false

    func run() async throws {
        let settings = try await common.app().settings
        try await orExit {
            let plan = try plan(settings)
            let hashes = try passwordsFile.map { path in
                try TopologyDefinitions.hashes(fromFile: path, for: plan.users)
            }
            try Output.json(TopologyDefinitions(plan, hashes: hashes ?? [:]).json())
            if !omitUsers { warn(of: plan.users.filter { hashes?[$0] == nil }) }
            try sayWhoAdministers(plan, settings)
        }
    }

    private func plan(_ settings: Settings) throws -> TopologyDefinitions.Plan {
        let url = try settings.broker(name: "definitions").urls.first
        let ours = url?.user ?? "guest"
        var plan = TopologyDefinitions.Plan(
            frontEnds: frontEnds.isEmpty ? try settings.frontEnds() ?? [] : frontEnds.map(\.frontEnd),
            worker: worker ?? (ours == "guest" ? "worker" : ours),
            virtualHost: vhost ?? url?.virtualHost ?? "/")
        if let commandLine { try plan.addCommandLine(commandLine) }
        plan.listenersHearEvents = events
        plan.includesUsers = !omitUsers
        return plan
    }

    /// The workers hear nobody whom they do not know.
    private func sayWhoAdministers(_ plan: TopologyDefinitions.Plan, _ settings: Settings) throws {
        guard let name = plan.commandLine?.name else { return }
        let known = (try? settings.frontEnds()) ?? nil
        if known?.contains(where: { $0.name == name && $0.isAdmin }) == true { return }
        StandardError.say([
            "The workers do not know '\(name)' yet: add it to their front_ends, and start them again:",
            "  \(name): {application: any, admin: true}",
            "Administrators' commands then connect as it: VERIFY_COURIER_BROKER_URL_FILE names a file with",
            "  amqp://\(name):PASSWORD@HOST",
        ])
    }

    /// Who cannot log in yet, and what to do about it.
    private func warn(of users: [String]) {
        guard !users.isEmpty else { return }
        let commands = users.map { "  rabbitmqctl change_password \($0)" }.joined(separator: "\n")
        let text = """
            These users have no password in this file and cannot log in. After the import, for each (it asks for the
            password):
            \(commands)
            or put hashes in with --passwords-file. Importing this file again takes such passwords away: use
            --omit-users then.
            """
        StandardError.say(text.split(separator: "\n").map(String.init))
    }
}

/// `NAME=SCOPE`, `NAME=SCOPE,admin` or `NAME=SCOPE+admin`.
struct FrontEndOption: ExpressibleByArgument {
    let frontEnd: FrontEnd

    init?(argument: String) {
        let sides = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard sides.count == 2, FrontEnd.isValid(name: sides[0]) else { return nil }
        let words = sides[1].split(omittingEmptySubsequences: false) { $0 == "," || $0 == "+" }
        guard let scope = words.first.flatMap({ FrontEnd.Scope(rawValue: String($0)) }),
            words.count == 1 || words.dropFirst() == ["admin"]
        else { return nil }
        frontEnd = FrontEnd(name: sides[0], scope: scope, isAdmin: words.count == 2)
    }
}
