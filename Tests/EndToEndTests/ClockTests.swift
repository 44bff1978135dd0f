import Foundation
import Glibc
import TestKit
import Testing
import TwilioSimulator
import Wire

/// A worker whose clock jumps (H38).
@Suite("H38: clocks", .timeLimit(.minutes(10))) struct ClockTests {
    @Test(
        "the worker's clock jumps by an hour and comes back: nobody is late, and codes and tries stay as they are",
        arguments: [3600, -3600])
    func jump(ahead: Int) async throws {
        let stage = try await Stage()
        let clock = try JumpingClock(in: stage.folder)
        let worker = try stage.watchedWorker(more: clock.environment)
        try await worker.waitUntilReady()
        let people = ["anna", "bert"]
        for (index, user) in people.enumerated() {
            #expect(try await register(stage, user, "+1415555210\(index)").outcome == .sent)
        }
        try clock.set(ahead: ahead)
        #expect(try await register(stage, "cleo", "+14155552109").outcome == .sent)
        try await worker.process.waitForOutput("the system's clock jumped")
        #expect(try await check(stage, "anna", "000000").outcome == .denied)
        #expect(try await check(stage, "anna", code(stage, "+14155552100")).outcome == .approved)
        try clock.set(ahead: 0)
        #expect(try await check(stage, "bert", code(stage, "+14155552101")).outcome == .approved)
        try await worker.process.waitForOutput("the system's clock came back")
        #expect(try await check(stage, "cleo", code(stage, "+14155552109")).outcome == .approved)
        worker.process.kill(SIGTERM)
        #expect(await worker.process.waitUntilEnd() == 0)
    }

    private func register(_ stage: Stage, _ user: String, _ phone: String) async throws -> Reply {
        try await stage.ask(
            .registerPhone, ["user": user, "phone": phone, "channel": "sms", "login": "login-\(user)"])
    }

    private func check(_ stage: Stage, _ user: String, _ code: String) async throws -> Reply {
        try await stage.ask(.check, ["user": user, "code": code, "login": "login-\(user)"])
    }

    private func code(_ stage: Stage, _ phone: String) throws -> String {
        try #require(stage.simulator.outbox().last { $0.to == phone }?.code)
    }
}
