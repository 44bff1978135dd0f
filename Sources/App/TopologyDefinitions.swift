public import Wire

/// The topology as RabbitMQ definitions: what `rabbitmqctl import_definitions` takes, from 3.10 to 4.3.
///
/// Beside exchanges, queues and bindings it holds what AMQP cannot declare: one broker user per front end, listener and
/// for the workers, with least rights, and policies for what an operator may tune. Pure.
public struct TopologyDefinitions: Sendable {
    /// Whom a definitions file is for.
    public struct Plan: Sendable {
        /// The front ends that get a user each.
        public var frontEnds: [FrontEnd]
        /// The workers' broker user.
        public var worker: String
        /// The broker's virtual host that all of it is in.
        public var virtualHost: String
        /// A user for the administrators' commands, who hears nothing and so has no listener; `nil` for none.
        public var commandLine: FrontEnd?
        /// Whether listeners may hear `verify.events` too, beside `verify.status`.
        public var listenersHearEvents = false
        /// False leaves the users themselves out, so that an import does not touch their passwords.
        public var includesUsers = true

        package init(frontEnds: [FrontEnd], worker: String = "worker", virtualHost: String = "/") {
            self.frontEnds = frontEnds
            self.worker = worker
            self.virtualHost = virtualHost
        }

        /// Every broker user, the workers' first.
        public var users: [String] {
            [worker] + frontEnds.flatMap { [$0.name, Self.listener(of: $0)] } + (commandLine.map { [$0.name] } ?? [])
        }

        /// Makes the user for the administrators' commands, unless a front end that may administer is that already.
        public mutating func addCommandLine(_ name: String) throws(ConfigProblem) {
            guard let other = frontEnds.first(where: { $0.name == name }) else {
                commandLine = FrontEnd(name: name, scope: .any, isAdmin: true)
                return
            }
            guard other.isAdmin else {
                throw ConfigProblem(
                    "'\(name)' is a front end that signs people in, and administrators' commands need a user of their own"
                )
            }
        }

        /// All that publish jobs.
        var publishers: [FrontEnd] { frontEnds + (commandLine.map { [$0] } ?? []) }

        /// The user by whom a front end hears what the workers announce.
        ///
        /// Not the front end's own: that would need the right to write to its own queues, by which it could have its
        /// text dead-lettered into `verify` as any job.
        public static func listener(of frontEnd: FrontEnd) -> String { frontEnd.name + "-listen" }
    }

    let content: Content

    /// - Parameter hashes: passwords as RabbitMQ keeps them, by user; a user without one cannot log in by password.
    /// - Throws: ``ConfigProblem`` when a name cannot be part of patterns, or means two users.
    public init(_ plan: Plan, hashes: [String: String] = [:]) throws(ConfigProblem) {
        try Self.check(plan)
        content = Content(
            vhosts: [VirtualHost(name: plan.virtualHost)],
            users: plan.includesUsers ? plan.users.map { User(name: $0, passwordHash: hashes[$0] ?? "") } : nil,
            permissions: Self.permissions(plan), topicPermissions: Self.topicPermissions(plan),
            topology: Topology(virtualHost: plan.virtualHost), policies: Self.policies(plan.virtualHost))
    }

    private static func check(_ plan: Plan) throws(ConfigProblem) {
        guard !plan.publishers.isEmpty else {
            throw ConfigProblem("there is no front end to give rights to: name one by --front-end NAME=web")
        }
        var seen: Set<String> = []
        for name in plan.users {
            guard FrontEnd.isValid(name: name) else {
                throw ConfigProblem("'\(name)' cannot be a broker user here: letters, digits, _ and - only")
            }
            guard name != "guest" else {
                throw ConfigProblem(
                    "'guest' is RabbitMQ's own administrator: give workers and front ends users of their own")
            }
            guard seen.insert(name).inserted else {
                throw ConfigProblem(
                    "'\(name)' would be two users: the workers, every front end and its listener (NAME-listen) need one each"
                )
            }
        }
    }
}
