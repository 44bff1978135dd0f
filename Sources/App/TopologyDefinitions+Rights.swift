import AMQP
import Wire

/// Least rights (patterns are Erlang regular expressions over the names of queues and exchanges).
extension TopologyDefinitions {
    private static let nothing = "^$"
    /// What a front end may put behind its prefix.
    ///
    /// No dots: they would reach into another one's names.
    private static let suffix = "[A-Za-z0-9_-]+"
    /// RabbitMQ's name for the default exchange where rights are checked.
    private static let defaultExchange = "amq.default"

    static func permissions(_ plan: Plan) -> [Permission] {
        [worker(plan)] + plan.frontEnds.flatMap { [frontEnd($0, plan), listener($0, plan)] }
            + (plan.commandLine.map { [frontEnd($0, plan)] } ?? [])
    }

    /// Reads the lanes and what was dead-lettered, writes replies, events and status; declares nothing.
    private static func worker(_ plan: Plan) -> Permission {
        Permission(
            user: plan.worker, vhost: plan.virtualHost, configure: nothing,
            write: anyOf([defaultExchange, WireName.events, WireName.status]),
            read: anyOf(TopologyPlan.queues.map(\.name)))
    }

    /// Publishes jobs, and has reply queues under its own name.
    ///
    /// No right to write to those: workers do that.
    private static func frontEnd(_ frontEnd: FrontEnd, _ plan: Plan) -> Permission {
        let own = "^\(escaped(WireName.replyPrefix + frontEnd.name))\\.\(suffix)$"
        return Permission(
            user: frontEnd.name, vhost: plan.virtualHost, configure: own, write: anyOf([WireName.jobs]), read: own)
    }

    /// Binds queues of its own to what the workers announce, which takes writing to the queue and reading the exchange.
    private static func listener(_ frontEnd: FrontEnd, _ plan: Plan) -> Permission {
        let own = "\(escaped(WireName.listenPrefix + frontEnd.name))\\.\(suffix)"
        let heard = [WireName.status] + (plan.listenersHearEvents ? [WireName.events] : [])
        return Permission(
            user: Plan.listener(of: frontEnd), vhost: plan.virtualHost, configure: "^\(own)$", write: "^\(own)$",
            read: "^(\(heard.map(escaped).joined(separator: "|"))|\(own))$")
    }

    /// Which jobs a front end may publish.
    ///
    /// Without an entry of its own a user may use every key.
    static func topicPermissions(_ plan: Plan) -> [TopicPermission] {
        plan.publishers.map { frontEnd in
            TopicPermission(
                user: frontEnd.name, vhost: plan.virtualHost, exchange: WireName.jobs,
                write: frontEnd.isAdmin ? administration : logins, read: nothing)
        }
    }

    private static var logins: String {
        anyOf(JobKind.allCases.filter { !$0.isAdministration }.map(\.rawValue))
    }

    /// Whoever administers people does not sign in as them: no `send`, no `check`.
    private static var administration: String {
        let reading = JobKind.allCases.filter { $0.onlyReads && !$0.isAdministration }.map { escaped($0.rawValue) }
        return "^(\(reading.joined(separator: "|"))|admin\\..+)$"
    }

    /// What an operator may tune; what is safety is an argument of its queue.
    static func policies(_ virtualHost: String) -> [Policy] {
        let lanes = "^(\(LaneName.allCases.map { escaped($0.queue) }.joined(separator: "|")))$"
        return [
            Policy(
                vhost: virtualHost, name: "verify-lanes", pattern: lanes, priority: 10,
                definition: ["max-length": .number(100_000)]),
            Policy(
                vhost: virtualHost, name: "verify-replies", pattern: "^" + escaped(WireName.replyPrefix), priority: 10,
                definition: [
                    "expires": .number(600_000), "message-ttl": .number(300_000), "max-length": .number(10_000),
                    "overflow": .text("reject-publish"),
                ]),
            // News: the latest matters, and a queue that nobody listens to goes.
            Policy(
                vhost: virtualHost, name: "verify-listeners", pattern: "^" + escaped(WireName.listenPrefix),
                priority: 10,
                definition: [
                    "expires": .number(600_000), "message-ttl": .number(60_000), "max-length": .number(1_000),
                ]),
        ]
    }

    private static func anyOf(_ names: [String]) -> String {
        let names = names.map(escaped)
        return names.count == 1 ? "^\(names[0])$" : "^(\(names.joined(separator: "|")))$"
    }

    /// Names hold letters, digits, `_`, `-` and dots; only the last mean something in a pattern.
    private static func escaped(_ name: String) -> String { name.replacing(".", with: "\\.") }
}
