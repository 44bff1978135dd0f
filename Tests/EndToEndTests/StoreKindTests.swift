import Basics
import Foundation
import Glibc
import TestKit
import Testing
import TwilioSimulator
import Wire

/// What a site does every day, over worker processes and each kind of store.
@Suite("Sign-ins on each kind of store", .timeLimit(.minutes(10)))
struct StoreKindTests {
    private let number = "+14155550142"

    @Test(
        "a phone and an app are registered and used, a wrong code stays out, an administrator resets; two workers share it",
        arguments: StoreKind.allCases)
    func everyDay(_ kind: StoreKind) async throws {
        let stage = try await Stage(["VERIFY_COURIER_SITE_2FA_LOGINTYPE_WEB": "All"], on: kind)
        let workers = [try stage.watchedWorker(), try stage.watchedWorker()]
        for worker in workers { try await worker.waitUntilReady() }
        try await phone(stage)
        try await app(stage)

        let reset = try await stage.run("admin user reset anna --reason lost --operator root --json").reply(exit: 0)
        #expect(reset.outcome == .done)
        let after = try await stage.ask(.send, ["user": "anna", "login": "a-week-later", "channel": "sms"])
        #expect(after.outcome == .notAllowed && after.reason == .notRegistered)

        try await commands(stage, isOnServer: kind != .sqlite)
        for worker in workers {
            worker.process.kill(SIGTERM)
            #expect(await worker.process.waitUntilEnd() == 0)
            #expect(!worker.process.output.contains(number))
        }
        let gone = try await stage.run("workers --json --all")
        #expect(gone.output.contains("stopped"), "\(gone.output) \(gone.errors)")
    }

    @Test(
        "store copy --to postgresql: tells on standard error how far it is; what was recorded is there",
        .enabled(if: StoreKind.allCases.contains(.postgres)))
    func copied() async throws {
        let stage = try await Stage()
        let worker = try stage.watchedWorker()
        try await worker.waitUntilReady()
        try await phone(stage)
        let database = try await PrivatePostgres.sharedSchema()
        defer { database.server.drop(shared: database.location) }
        let (url, key) = ("postgresql:\(database.location)", "\(stage.folder)/copied.key")
        let copy = "store copy --progress --json --key-file \(key) --to \(url)"
        let early = try await stage.run(copy)
        #expect(early.status == 69 && early.errors.contains("Stop the workers first"), "\(early.errors)")
        worker.process.kill(SIGTERM)
        #expect(await worker.process.waitUntilEnd() == 0)
        let done = try await stage.run(copy)
        #expect(done.status == 0 && done.output.contains("\"store\""), "\(done.errors)")
        #expect(done.errors.contains("rows copied"), "\(done.errors)")
        let there = "--set store.url=\(url) --set store.key_file=\(key)"
        let check = try await stage.run("store check \(there)")
        #expect(check.status == 0 && check.output.contains("sealed values"), "\(check.output) \(check.errors)")
        let found = try await stage.run("outcomes find --user anna --json \(there)")
        #expect(found.status == 0 && found.output.contains("approved"), "\(found.errors)")
        let again = try await stage.run(copy)
        #expect(again.status == 78, "\(again.errors)")
    }

    private func phone(_ stage: Stage) async throws {
        let first = ["user": "anna", "login": "registration"]
        let sent = try await stage.ask(.registerPhone, first.merging(["phone": number, "channel": "sms"]) { $1 })
        #expect(sent.outcome == .sent)
        #expect(try await stage.ask(.check, first.merging(["code": stage.code(number)]) { $1 }).registered == .phone)
        let second = ["user": "anna", "login": "the-next-day"]
        #expect(try await stage.ask(.send, second.merging(["channel": "sms"]) { $1 }).outcome == .sent)
        let code = stage.code(number)
        let denied = try await stage.ask(
            .check, second.merging(["code": code == "111111" ? "222222" : "111111"]) { $1 })
        #expect(denied.outcome == .denied && denied.checksLeft == 4)
        #expect(try await stage.ask(.check, second.merging(["code": code]) { $1 }).outcome == .approved)
        #expect(try await stage.ask(.check, second.merging(["code": code]) { $1 }).reason == .codeUsed)
    }

    private func app(_ stage: Stage) async throws {
        // In a login that was approved: before that nobody may add another method.
        let enrolling = ["user": "anna", "login": "the-next-day"]
        let begun = try await stage.ask(.registerAuthenticator, enrolling)
        #expect(begun.outcome == .enrolling)
        let secret = try #require(begun.secret)
        let shown = try await Authenticator.code(secret)
        #expect(
            try await stage.ask(.check, enrolling.merging(["code": shown]) { $1 }).registered == .authenticator)
        // The next code: each is good once.
        let next = try await Authenticator.code(secret, ahead: 30)
        let login = ["user": "anna", "login": "with-the-app", "code": next, "method": "authenticator"]
        #expect(try await stage.ask(.check, login).outcome == .approved)
        #expect(try await stage.ask(.check, login.merging(["login": "once-again"]) { $1 }).outcome != .approved)
    }

    private func commands(_ stage: Stage, isOnServer: Bool) async throws {
        let check = try await stage.run("store check")
        #expect(check.status == 0 && check.output.contains("sealed values"), "\(check.output) \(check.errors)")
        let found = try await stage.run("outcomes find --user anna --json")
        #expect(found.status == 0 && found.output.contains("approved"), "\(found.errors)")
        let traffic = try await stage.run("traffic --by outcome --json")
        #expect(traffic.status == 0 && traffic.output.contains("approved"), "\(traffic.errors)")
        let doctor = try await stage.run("doctor")
        // The tests' own server writes nothing to disk for good, which doctor rightly refuses.
        #expect(doctor.output.contains(isOnServer ? "fsync = off" : "sound, its key fits"), "\(doctor.output)")
        #expect(try await stage.run("store migrate").output.contains("up to date"))
        let rekey = try await stage.run("store rekey")
        #expect(rekey.status == 69 && rekey.errors.lowercased().contains("stop"), "\(rekey.errors)")
        let again = try await stage.run("store init")
        #expect(again.status == 78)
    }
}

/// What an authenticator app shows.
enum Authenticator {
    static func code(_ secret: String, ahead seconds: Int = 0) async throws -> String {
        let output = try await Tool("oathtool", "--totp", "--base32", "--now", "+\(seconds) seconds", "-")
            .run(Array(secret.filter { $0 != " " }.utf8))
        return String(decoding: output.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}
