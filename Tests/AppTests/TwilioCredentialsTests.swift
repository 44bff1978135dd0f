import Basics
import Foundation
import Logging
import Testing
import TwilioVerify

@testable import App

@Suite("Twilio credentials", .timeLimit(.minutes(10)))
struct TwilioCredentialsTests {
    /// Credentials from a file of the test's own, with a clock and a log that the test owns.
    private final class Scene: Sendable {
        let folder: Folder
        let path: String
        let credentials: TwilioCredentials
        private let time = Locked(MonotonicTime(nanoseconds: 0))
        private let log = Locked<[String]>([])

        init(_ more: [String: String] = [:]) throws {
            let folder = try Folder()
            self.folder = folder
            path = try folder.write("token", "first")
            let environment = [
                "VERIFY_COURIER_SITE_2FA_VERIFY_SERVICESID": "VA00000000000000000000000000000001",
                "VERIFY_COURIER_SITE_2FA_VERIFY_ACCOUNTSID": "AC00000000000000000000000000000001",
                "VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN_FILE": path,
            ].merging(more) { $1 }
            let logger = Logger(label: "test") { [log] _ in
                LineLogHandler(.json, clock: { Timestamp(milliseconds: 0) }) { line in log.withLock { $0.append(line) }
                }
            }
            credentials = try TwilioCredentials(
                Configured.settings(environment), now: { [time] in time.withLock { $0 } }, logger: logger)
        }

        func pass(_ duration: Duration) {
            time.withLock { $0 = $0 + duration }
        }

        /// The token that the next call would use.
        var token: String { credentials.account().password.revealed }
        var lines: [String] { log.withLock { $0 } }
    }

    @Test("are read again when their file is written, a second after the last look at the earliest")
    func rewritten() throws {
        let scene = try Scene()
        #expect(scene.token == "first")
        try scene.folder.write("token", "second\n")
        scene.pass(.milliseconds(999))
        #expect(scene.token == "first")
        scene.pass(.milliseconds(1))
        #expect(scene.token == "second")
        #expect(scene.lines.count == 1)
        scene.pass(.seconds(60))
        #expect(scene.token == "second")
        #expect(scene.lines.count == 1)
    }

    @Test("follow a file that is put in the old one's place, as Kubernetes does it by a link")
    func replaced() throws {
        let scene = try Scene()
        try scene.folder.write("new", "other")
        try #require(unlink(scene.path) == 0)
        try #require(symlink("\(scene.folder.path)/new", scene.path) == 0)
        scene.pass(.seconds(1))
        #expect(scene.token == "other")
    }

    @Test("that were changed between the start and the first call are not missed")
    func changedEarly() throws {
        let scene = try Scene()
        try scene.folder.write("token", "changed-before-the-first-call")
        scene.pass(.seconds(1))
        #expect(scene.token == "changed-before-the-first-call")
    }

    @Test("stay as they were while the file cannot be used, which is said once and without its content")
    func broken() throws {
        let scene = try Scene()
        for content in ["", "hidden\nhidden", "hidden\u{0}"] {
            try scene.folder.write("token", content)
            let before = scene.lines.count
            for _ in 0..<3 {
                scene.pass(.seconds(1))
                #expect(scene.token == "first")
            }
            #expect(scene.lines.count == before + 1)
        }
        try #require(unlink(scene.path) == 0)
        scene.pass(.seconds(1))
        #expect(scene.token == "first")
        #expect(scene.lines.count == 4)
        #expect(scene.lines.allSatisfy { $0.contains("\"level\":\"error\"") && !$0.contains("hidden") })
        try scene.folder.write("token", "mended")
        #expect(!scene.credentials.lastReload.isGood)
        scene.pass(.seconds(1))
        #expect(scene.token == "mended")
        #expect(scene.credentials.lastReload.isGood)
    }

    @Test("of an API key change together, and a SID that is none is refused")
    func apiKey() throws {
        let folder = try Folder()
        let sid = try folder.write("sid", "SK00000000000000000000000000000001")
        let secret = try folder.write("secret", "one")
        let scene = try Scene([
            "VERIFY_COURIER_SITE_2FA_VERIFY_APIKEYSID_FILE": sid,
            "VERIFY_COURIER_SITE_2FA_VERIFY_APIKEYSECRET_FILE": secret,
        ])
        #expect(scene.credentials.account().user == "SK00000000000000000000000000000001")
        try folder.write("sid", "SK00000000000000000000000000000002")
        try folder.write("secret", "two!")
        scene.pass(.seconds(1))
        #expect(scene.credentials.account().user == "SK00000000000000000000000000000002")
        #expect(scene.token == "two!")
        try folder.write("sid", "no-sid")
        scene.pass(.seconds(1))
        #expect(scene.credentials.account().user == "SK00000000000000000000000000000002")
    }

    @Test("that no file holds need no look")
    func constant() throws {
        let scene = try Scene([
            "VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN": "given", "VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN_FILE": "",
        ])
        try scene.folder.write("token", "second")
        scene.pass(.seconds(5))
        #expect(scene.token == "given")
    }

    @Test("can be asked for by many threads while they change")
    func concurrent() async throws {
        let scene = try Scene()
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<2000 where !["first", "second"].contains(scene.token) { Issue.record() } }
            }
            group.addTask {
                _ = try? scene.folder.write("token", "second")
                for _ in 0..<100 { scene.pass(.milliseconds(500)) }
            }
        }
        scene.pass(.seconds(1))
        #expect(scene.token == "second")
    }
}
