import Basics
import Foundation
import Glibc
import TestKit
import Testing
import TwilioSimulator
import Wire

/// A database server's bad days, over worker processes (H39).
@Suite(
    "Contract 4: the database server is away", .enabled(if: StoreKind.allCases.contains(.postgres)), .serialized,
    .timeLimit(.minutes(10)))
struct DatabaseTroubleTests {
    private static func number(_ person: Int) -> String { "+1415555\(2000 + person)" }

    private static func login(_ person: Int) -> [String: String] {
        ["user": "user-\(person)", "login": "sign-in-\(person)"]
    }

    private static func register(_ stage: Stage, _ person: Int) async throws -> Reply {
        try await stage.ask(
            .registerPhone, login(person).merging(["phone": number(person), "channel": "sms"]) { $1 })
    }

    private func ready(_ server: PrivatePostgres) async throws -> (Stage, [WatchedWorker]) {
        let stage = try await Stage(on: .postgres, at: server)
        let workers = [try stage.watchedWorker(), try stage.watchedWorker()]
        for worker in workers { try await worker.waitUntilReady() }
        return (stage, workers)
    }

    @Test("H39 the server dies and comes back: checks wait, none is a wrong code, and none costs a try")
    func outage() async throws {
        let server = try await PrivatePostgres.own()
        let (stage, workers) = try await ready(server)
        for person in 0..<8 { #expect(try await Self.register(stage, person).outcome == .sent) }
        try await server.kill()
        let answered = Locked(0)
        try await withThrowingTaskGroup(of: (Int, Reply).self) { group in
            for person in 0..<8 {
                // The last two are mistaken.
                let code = person < 6 ? stage.code(Self.number(person)) : "0000000"
                group.addTask {
                    let reply = try await stage.ask(.check, Self.login(person).merging(["code": code]) { $1 })
                    answered.withLock { $0 += 1 }
                    return (person, reply)
                }
            }
            for worker in workers {
                try await worker.waitUntilReady(false, saying: "the store cannot be used")
                try await worker.process.waitForOutput("the store cannot be used: no jobs are taken")
            }
            #expect(answered.withLock { $0 } == 0)
            try await server.startAgain()
            for worker in workers { try await worker.waitUntilReady() }
            for try await (person, reply) in group {
                #expect(reply.outcome == (person < 6 ? .approved : .denied), "\(person): \(reply)")
                if person >= 6 { #expect(reply.checksLeft == 4) }
            }
        }
        for worker in workers {
            worker.process.kill(SIGTERM)
            #expect(await worker.process.waitUntilEnd() == 0)
            #expect(worker.process.output.contains("the store can be used again"))
        }
    }

    @Test("H39 the server dies under sends: each gets one answer, and nobody more than one message")
    func underWay() async throws {
        let server = try await PrivatePostgres.own()
        let (stage, workers) = try await ready(server)
        let people = 40
        try await withThrowingTaskGroup(of: (Int, Reply).self) { group in
            for person in 0..<people { group.addTask { (person, try await Self.register(stage, person)) } }
            try await Wait.until("some of the messages to be out") { stage.simulator.outbox().count >= 5 }
            try await server.kill()
            try await server.startAgain()
            for try await (person, reply) in group {
                let messages = stage.simulator.outbox(to: Self.number(person)).count
                switch reply.outcome {
                case .sent: #expect(messages == 1, "\(person)")
                // What was under way at that moment may be told as such: it is never sent again on a guess.
                case .uncertain: #expect(messages <= 1, "\(person)")
                default: Issue.record("\(person): \(reply)")
                }
            }
        }
        for worker in workers { try await worker.waitUntilReady() }
        let doubled = try await stage.query(
            "SELECT count(*) FROM (SELECT message_id FROM history GROUP BY message_id HAVING count(*) > 1) AS twice")
        #expect(doubled == "0")
        #expect(try await stage.query("SELECT count(*) FROM history") == "\(people)")
        #expect(try await stage.query("SELECT count(*) FROM job WHERE state <> 1") == "0")
        for worker in workers {
            worker.process.kill(SIGTERM)
            #expect(await worker.process.waitUntilEnd() == 0)
        }
    }

    @Test("a worker that cannot use its database at the start says in a sentence what to do")
    func start() async throws {
        let stage = try await Stage(on: .postgres)
        let url = try #require(stage.environment["VERIFY_COURIER_STORE_URL"])
        let port = url.firstRange(of: /port=\d+/)
        let away = url.replacing(/port=\d+/, with: "port=1")
        #expect(port != nil)
        for (place, status, advice) in [
            (away, 69, "The database cannot be reached: start its server, or correct host and port in store.url"),
            (url.replacing(/search_path%3D\w+/, with: "search_path%3Dnowhere"), 78, "`store init` makes one"),
            (url.replacing("tests@", with: "nobody_at_all@"), 69, "correct the user in store.url"),
            (url.replacing("/postgres?", with: "/no_such_database?"), 78, "make it with createdb"),
            (url.replacing("tests@", with: "tests:hunter2@"), 78, "store.url holds a password"),
        ] as [(String, Int32, String)] {
            let worker = try stage.worker(more: ["VERIFY_COURIER_STORE_URL": place], arguments: ["--wait", "0"])
            #expect(await worker.waitUntilEnd() == status, "\(advice): \(worker.output)")
            #expect(worker.output.contains(advice), "\(worker.output)")
            #expect(!worker.output.contains("hunter2"))
        }
        let keyless = try stage.worker(more: ["VERIFY_COURIER_STORE_KEY_FILE": ""])
        #expect(await keyless.waitUntilEnd() == 78)
        #expect(keyless.output.contains("store.key_file must be set"))
    }
}
