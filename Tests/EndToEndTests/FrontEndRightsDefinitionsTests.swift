import AMQP
import Basics
import Foundation
import TestKit
import Testing
import Wire

@testable import App

@Suite("RabbitMQ definitions") struct FrontEndRightsDefinitionsTests {
    private let web = FrontEnd(name: "web", scope: .web)

    private func object(_ definitions: TopologyDefinitions) throws -> [String: Any] {
        let json = try definitions.json()
        return try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    }

    private func names(_ list: Any?, _ key: String = "name") -> [String] {
        (list as? [[String: Any]] ?? []).compactMap { $0[key] as? String }
    }

    @Test("the file holds the topology, and every object is in the virtual host")
    func content() throws {
        var plan = TopologyDefinitions.Plan(frontEnds: [web], virtualHost: "site")
        let full = try object(TopologyDefinitions(plan))
        #expect(
            Set(full.keys) == [
                "vhosts", "users", "permissions", "topic_permissions", "exchanges", "queues", "bindings", "policies",
            ])
        #expect(names(full["vhosts"]) == ["site"])
        #expect(names(full["users"]) == ["worker", "web", "web-listen"])
        #expect(names(full["queues"]) == TopologyPlan.queues.map(\.name))
        #expect(names(full["exchanges"]) == TopologyPlan.exchanges.map(\.name))
        #expect(names(full["bindings"], "routing_key") == TopologyPlan.bindings.map(\.routingKey))
        for key in ["permissions", "topic_permissions", "exchanges", "queues", "bindings", "policies"] {
            #expect(Set(names(full[key], "vhost")) == ["site"], "\(key)")
        }
        plan.includesUsers = false
        #expect(try object(TopologyDefinitions(plan))["users"] == nil)
    }

    @Test("queues carry their arguments with the types that RabbitMQ compares")
    func arguments() throws {
        let queues = try object(TopologyDefinitions(.init(frontEnds: [web])))["queues"] as? [[String: Any]] ?? []
        let lane = try #require(queues.first { $0["name"] as? String == "verify.send" })
        let arguments = try #require(lane["arguments"] as? [String: Any])
        #expect(arguments["x-queue-type"] as? String == "quorum")
        #expect(arguments["x-delivery-limit"] as? Int == 100)
        #expect(arguments["x-dead-letter-strategy"] as? String == "at-least-once")
        #expect(lane["durable"] as? Bool == true)
    }

    @Test("no password is in it unless it was given, and then only its hash")
    func passwords() throws {
        let plan = TopologyDefinitions.Plan(frontEnds: [web])
        let without = try object(TopologyDefinitions(plan))["users"] as? [[String: Any]] ?? []
        #expect(without.allSatisfy { $0["password_hash"] as? String == "" })
        // The example in RabbitMQ's own documentation.
        let hash = TopologyDefinitions.hash(Redacted("test12"), salt: [0x90, 0x8D, 0xC6, 0x0A])
        #expect(hash == "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR")
        let with = try TopologyDefinitions(plan, hashes: ["web": hash]).json()
        #expect(with.contains(hash))
        #expect(!with.contains("test12"))
    }

    @Test("events are heard only where that is asked for")
    func events() throws {
        var plan = TopologyDefinitions.Plan(frontEnds: [web])
        let listener = { (plan: TopologyDefinitions.Plan) in
            TopologyDefinitions.permissions(plan).first { $0.user == "web-listen" }?.read ?? ""
        }
        #expect(!listener(plan).contains("events"))
        plan.listenersHearEvents = true
        #expect(listener(plan).contains("verify\\.events"))
    }

    @Test("names that would be two users, or none, are refused")
    func names() {
        func plan(_ names: [String], worker: String = "worker") -> TopologyDefinitions.Plan {
            .init(frontEnds: names.map { FrontEnd(name: $0, scope: .web) }, worker: worker)
        }
        let wrong = [
            plan([]), plan(["web", "web"]), plan(["web", "web-listen"]), plan(["worker"]), plan(["guest"]),
            plan(["a.b"]), plan([""]), plan(["web"], worker: "web"), plan(["web"], worker: "web-listen"),
            plan(["web"], worker: ".*"), plan(["web"], worker: "guest"), plan(["wéb"]), plan(["web\n"]),
        ]
        for plan in wrong {
            #expect(throws: ConfigProblem.self, "\(plan.users)") { try TopologyDefinitions(plan) }
        }
    }

    @Test("the topology alone is shown as JSON without a virtual host")
    func show() throws {
        let json = try TopologyPlan.json()
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        #expect(Set(object.keys) == ["exchanges", "queues", "bindings"])
        #expect(names(object["queues"], "vhost").isEmpty)
        #expect(names(object["queues"]) == TopologyPlan.queues.map(\.name))
    }
}
