import ArgumentParser
import Wire

struct AdminUserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "A person's security profile.",
        subcommands: [
            Get.self, Set.self, List.self, Reset.self, Unlock.self, Bypass.self, Erase.self, Rename.self, Delivery.self,
            Import.self,
        ])

    /// The person that most of them are about.
    struct Person: ParsableArguments {
        @Argument(help: "The person, by the site's own id.")
        var user: String

        @OptionGroup var common: CommonOptions
        @OptionGroup var admin: AdminOptions

        func ask(_ kind: JobKind, _ fields: [String: JSONValue?] = [:]) async throws {
            try await admin.ask(kind, fields.merging(["user": .string(user)]) { $1 }, common)
        }
    }

    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows it, also of somebody never seen.",
            discussion: "Example: verify-courier admin user get anna")

        @OptionGroup var person: Person

        func run() async throws { try await person.ask(.adminUserGet) }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Changes it; what is not named stays.",
            discussion: "Example: verify-courier admin user set anna --required --grace-until 2027-01-31T00:00:00Z")

        @OptionGroup var person: Person

        @Flag(inversion: .prefixedNo, help: "Two Factor Auth. Required.")
        var required: Bool?

        @Option(help: "Until when nothing need be registered yet (RFC 3339), or 'none'.")
        var graceUntil: String?

        @Option(help: "A number that was proven elsewhere, with + and country code; '-' is standard input.")
        var phone: String?

        @Flag(help: "Hand out a one-time registration ticket, good for 72 hours.")
        var ticket = false

        func run() async throws {
            let phone = try StandardInput.value(phone, "number")
            try await person.ask(
                .adminUserSet,
                [
                    "required": required.map { .bool($0) },
                    "grace_until": graceUntil.map { $0 == "none" ? .null : .string($0) },
                    "phone": phone.map { .string($0) }, "ticket": ticket ? true : nil,
                ])
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists people by name.",
            discussion: "Example: verify-courier admin user list --filter unregistered --limit 50")

        @Option(help: "\(UserFilter.choices).", completion: UserFilter.completion)
        var filter: String?

        @Option(help: "Begin after this name.")
        var after: String?

        @Option(help: "At most so many. Default: all.")
        var limit: Int?

        @OptionGroup var common: CommonOptions
        @OptionGroup var admin: AdminOptions

        func run() async throws {
            try await admin.askPages(
                .adminUserList, ["filter": filter.map { .string($0) }, "after": after.map { .string($0) }],
                limit: limit, common)
        }
    }

    struct Reset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes registrations away, for a lost or changed phone; the next sign-in registers again.",
            discussion: """
                Several people are reset one after the other; the first that is refused ends it.
                Example: verify-courier admin user reset anna --reason 'lost phone, called in' --ticket
                Example: verify-courier admin user reset anna berta carla --reason 'stolen laptops' --yes
                """)

        @Argument(help: "The people, by the site's own ids.")
        var users: [String]

        @OptionGroup var change: ChangeOptions
        @OptionGroup var common: CommonOptions
        @OptionGroup var admin: AdminOptions

        @Option(help: "Why, for the audit trail.")
        var reason: String

        @Option(help: "\(ResetScope.choices).", completion: ResetScope.completion)
        var what = "all"

        @Flag(help: "Hand out a one-time registration ticket, good for 72 hours.")
        var ticket = false

        func validate() throws {
            guard users.count == 1 || admin.options.id == nil else {
                throw ValidationError("--id names one job: reset one person with it")
            }
        }

        func run() async throws {
            let what = Confirmation.count(users.count, "person is", "people are") + " to be reset"
            if change.dryRun {
                return admin.options.json
                    ? try Output.json(JSONLine.of(["selected": users.count])) : try Output.line(what)
            }
            if users.count > 1 { try change.confirmation.require(what, "reset them") }
            for user in users {
                try await admin.ask(
                    .adminUserReset,
                    [
                        "user": .string(user), "reason": .string(reason), "what": .string(self.what),
                        "ticket": .bool(ticket),
                    ], common)
            }
        }
    }

    struct Delivery: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Asks Twilio what became of a text or call that a code was sent by.",
            discussion: """
                'outcomes find --user anna' names the jobs of a person. Twilio keeps its list of sends for 30 days.
                Example: verify-courier admin user delivery anna --job 8c1f0d6e-7a55-4c8e-9d3c-0b7c6f1a2e34
                """)

        @OptionGroup var person: Person

        @Option(help: "The message id of a send, or of a register.phone, of this person.")
        var job: String

        func run() async throws { try await person.ask(.adminUserDelivery, ["job": .string(job)]) }
    }

    struct Unlock: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Clears the person's limits and tries, and says what only Twilio can.",
            discussion: "Example: verify-courier admin user unlock anna")

        @OptionGroup var person: Person

        func run() async throws { try await person.ask(.adminUserUnlock) }
    }

    struct Bypass: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a one-use code, for the day that the phone is at home.",
            discussion: "Example: verify-courier admin user bypass anna --reason 'phone at home' --minutes 60")

        @OptionGroup var person: Person

        @Option(help: "Why, for the audit trail.")
        var reason: String

        @Option(help: "How long it is good for: 1 to 1440.")
        var minutes = 60

        @Flag(help: "Also for somebody who is not known yet.")
        var create = false

        func run() async throws {
            try await person.ask(
                .adminUserBypass,
                [
                    "reason": .string(reason), "minutes": .number(String(minutes)), "create": create ? true : nil,
                ])
        }
    }

    struct Erase: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes everything about the person; history stays without a name. It cannot be undone.",
            discussion: "Example: verify-courier admin user erase anna --reason 'left the company' --yes")

        @OptionGroup var person: Person

        @Option(help: "Why, for the audit trail.")
        var reason: String

        @Flag(help: "It is meant.")
        var yes = false

        func validate() throws {
            guard yes else { throw ValidationError("erasing cannot be undone: add --yes if it is meant") }
        }

        func run() async throws { try await person.ask(.adminUserErase, ["reason": .string(reason)]) }
    }

    struct Rename: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gives the person another id, which nobody must have yet.",
            discussion: "Example: verify-courier admin user rename anna --to anna.b")

        @OptionGroup var person: Person

        @Option(help: "The new id.")
        var to: String

        func run() async throws { try await person.ask(.adminUserRename, ["to": .string(to)]) }
    }
}
