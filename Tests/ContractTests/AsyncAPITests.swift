import AMQP
import App
import Testing
import Wire

@Suite("asyncapi.yaml describes what the program declares")
struct AsyncAPITests {
    private let document: JSON

    init() throws {
        document = try Self.once.get()
    }

    private static let once = Result { try JSON(yaml: Published.text("asyncapi.yaml")) }

    @Test("its exchanges")
    func exchanges() {
        let described = bindings.compactMap { $0["exchange"] }.map { exchange in
            ExchangeDeclaration(
                name: exchange["name"]?.text ?? "", kind: exchange["type"]?.text ?? "",
                durable: exchange["durable"] == .bool(true))
        }
        for exchange in TopologyPlan.exchanges { #expect(described.contains(exchange)) }
        for exchange in described { #expect(TopologyPlan.exchanges.contains(exchange)) }
    }

    @Test("its queues with their arguments", arguments: TopologyPlan.queues.map(\.name))
    func queue(name: String) throws {
        let plan = try #require(TopologyPlan.queues.first { $0.name == name })
        let binding = try #require(bindings.first { $0["queue"]?["name"]?.text == name })
        #expect(binding["queue"]?["durable"] == .bool(plan.durable))
        #expect(binding["queue"]?["exclusive"] == .bool(plan.exclusive))
        #expect(binding["queue"]?["autoDelete"] == .bool(plan.autoDelete))
        #expect(binding["x-arguments"] == plan.arguments.json)
    }

    @Test("no queue besides but a front end's own")
    func noOtherQueues() {
        let named = bindings.compactMap { $0["queue"]?["name"]?.text }
        #expect(named.sorted() == TopologyPlan.queues.map(\.name).sorted())
        let unnamed = bindings.filter { $0["queue"] != nil && $0["queue"]?["name"] == nil }
        #expect(unnamed == [document["channels"]?["replies"]?["bindings"]?["amqp"]])
    }

    @Test("its bindings")
    func queueBindings() {
        let described = bindings.flatMap { binding -> [Binding] in
            guard let queue = binding["queue"]?["name"]?.text, let from = binding["x-bindings"] else { return [] }
            return (from["routingKeys"]?.texts ?? []).map {
                Binding(exchange: from["exchange"]?.text ?? "", queue: queue, routingKey: $0)
            }
        }
        let order = { (binding: Binding) in "\(binding.exchange) \(binding.queue) \(binding.routingKey)" }
        #expect(described.map(order).sorted() == TopologyPlan.bindings.map(order).sorted())
    }

    @Test("the reply queue of a front end, as the contract's page says")
    func replyQueue() throws {
        let arguments = try #require(document["channels"]?["replies"]?["bindings"]?["amqp"]?["x-arguments"])
        let page = try Published.text("README.md")
        #expect(arguments.members.count == 5)
        for (name, value) in arguments.members {
            let shown = value.number.map { String($0) } ?? "`\(value.text ?? "")`"
            #expect(page.contains("| `\(name)` | \(shown) |"))
        }
    }

    @Test("a channel, a lane and an operation for every job", arguments: JobKind.allCases)
    func job(kind: JobKind) throws {
        let channels = document["channels"]?.members ?? [:]
        let (id, channel) = try #require(channels.first { $0.value["address"]?.text == kind.rawValue })
        #expect(follow(channel["bindings"])?["amqp"]?["exchange"]?["name"]?.text == WireName.jobs)
        #expect(names(channel["messages"]) == ["verify.\(kind.rawValue).v1"])

        let lane = try #require(channels.first { $0.value["address"]?.text == kind.lane.queue })
        #expect(names(lane.value["messages"]).contains("verify.\(kind.rawValue).v1"))

        let operations = document["operations"]?.members.values.filter {
            $0["channel"]?["$ref"]?.text == "#/channels/\(id)"
        }
        let operation = try #require(operations?.first)
        #expect(operations?.count == 1)
        #expect(operation["action"]?.text == "receive")
        #expect(operation["reply"]?["channel"]?["$ref"]?.text == "#/channels/replies")
        #expect(operation["messages"]?.elements.compactMap { name($0) } == ["verify.\(kind.rawValue).v1"])
        #expect(
            operation["reply"]?["messages"]?.elements.compactMap { name($0) } == ["verify.\(kind.rawValue).result.v1"])
    }

    @Test("every message has its own type, schema and example of that schema")
    func messages() throws {
        let schemas = try Schemas.published()
        var used: Set<String> = []
        for message in (document["components"]?["messages"]?.members ?? [:]).values {
            let name = try #require(message["name"]?.text)
            let file = name.dropFirst("verify.".count) + ".json"
            #expect(message["payload"]?["schema"]?["$ref"]?.text == "schemas/\(file)")
            if let type = message["bindings"]?["amqp"]?["messageType"] { #expect(type.text == name) }
            let example = try #require(message["examples"]?.elements.first?["payload"])
            #expect(schemas.examples(schemas.file(String(file))).contains(example), "\(name)")
            used.insert(String(file))
        }
        // Those are of no message.
        #expect(used == Set(schemas.files.keys).subtracting(["common.v1.json", "health.v1.json", "outcomes.v1.json"]))
    }

    private var bindings: [JSON] {
        (document["channels"]?.members.values.compactMap { follow($0["bindings"])?["amqp"] }) ?? []
    }

    /// What a local reference leads to, reference by reference.
    private func follow(_ value: JSON?) -> JSON? {
        guard let reference = value?["$ref"]?.text, reference.hasPrefix("#/") else { return value }
        let path = reference.dropFirst(2).split(separator: "/")
        return follow(path.reduce(Optional(document)) { $0?[String($1)] })
    }

    private func name(_ reference: JSON) -> String? { follow(reference)?["name"]?.text }

    private func names(_ messages: JSON?) -> [String] { (messages?.members.values.compactMap { name($0) }) ?? [] }
}

extension FieldTable {
    fileprivate var json: JSON {
        .object(
            Dictionary(
                uniqueKeysWithValues: entries.map { name, value in
                    if case .int(let number) = value { return (name, .number(Double(number))) }
                    return (name, .string(value.text ?? ""))
                }))
    }
}
