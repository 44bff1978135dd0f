import Basics
import Foundation
import Logging
import TestKit
import Testing
import TwilioSimulator
import VerifyClient
import Wire

@testable import FrontEndSample

/// `Sources/VerifyClient/VerifyClient.docc`: what is printed there is compiled, and run.
@Suite("The documentation of VerifyClient", .timeLimit(.minutes(10))) struct ClientDocumentationTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let catalogue = root.appendingPathComponent("Sources/VerifyClient/VerifyClient.docc")
    private let number = "+14155550142"

    @Test("every block of code in its articles is in the sample, line by line")
    func articles() throws {
        let sample = try Self.text("Tests/FrontEndSample/Portal.swift")
        var blocks = 0
        for article in try Self.files("md") {
            let text = try String(contentsOf: article, encoding: .utf8)
            for block in text.components(separatedBy: "```swift\n").dropFirst() {
                let code = block.components(separatedBy: "```")[0]
                #expect(sample.contains(code), "\(article.lastPathComponent): \(code)")
                blocks += 1
            }
        }
        #expect(blocks >= 6)
    }

    @Test("each step of the tutorial is the sample's beginning, up to the end of a declaration; the last is all of it")
    func tutorial() throws {
        let sample = try Self.text("Tests/FrontEndSample/Portal.swift")
        let tutorial = try String(
            contentsOf: Self.catalogue.appendingPathComponent("tutorials/Portal.tutorial"), encoding: .utf8)
        let names = tutorial.matches(of: /file: "([^"]+)"/).map { String($0.1) }
        let steps = try names.map { name in
            try String(
                contentsOf: Self.catalogue.appendingPathComponent("Resources/\(name)"), encoding: .utf8)
        }
        #expect(steps.count >= 4 && steps.last == sample)
        for (name, step) in zip(names, steps) {
            #expect(sample.hasPrefix(step) && step.hasSuffix("\n}\n"), "\(name)")
        }
        #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.count < $1.count })
    }

    @Test("its articles are reached from its first page, and what that names is there")
    func links() throws {
        let page = try String(contentsOf: Self.catalogue.appendingPathComponent("VerifyClient.md"), encoding: .utf8)
        let named = Set(page.matches(of: /<doc:([A-Za-z]+)>/).map { String($0.1) })
        let articles = try Self.files("md").map { $0.deletingPathExtension().lastPathComponent }
        #expect(named == Set(articles).subtracting(["VerifyClient"]) && named.count >= 4)
    }

    @Test(
        "the sample registers a phone, sends one text for a form that comes twice, and lets in by the right code alone")
    func runs() async throws {
        let stage = try await Stage(["VERIFY_COURIER_SITE_2FA_LOGINTYPE_WEB": "All"])
        let worker = try stage.worker()
        let portal = try Portal(stage.brokerURL, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let running = Task { await portal.run() }
        defer { running.cancel() }
        let first = Job.Login(user: "anna", login: RandomID.uuid())
        // A question has five seconds, and the machine may be busy.
        try await Wait.until("the first answer") { try await portal.begin(first) == .register }
        #expect(
            try await portal.register("12", of: first)
                == .message("This is no phone number. Check it and type it again."))
        #expect(
            try await portal.register("(415) 555-0142", of: first)
                == .message("Enter the code that we sent to +1········42."))
        #expect(try await portal.check(stage.code(number), of: first))

        let next = Job.Login(user: "anna", login: RandomID.uuid())
        try await Wait.bounded("the channels' status") { await portal.listener.waitUntilHeard() }
        try await Wait.until("the choice") { try await portal.begin(next) == .choose([.code(.sms), .code(.call)]) }
        let form = RandomID.uuid()
        #expect(try await portal.text(next, form: form).outcome == .sent)
        #expect(try await portal.text(next, form: form).outcome == .sent)
        #expect(stage.simulator.outbox(to: number).count == 2, "one to register, one to sign in")
        let code = stage.code(number)
        #expect(try await !portal.check(code == "111111" ? "222222" : "111111", of: next))
        #expect(try await portal.check(code, of: next))
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
    }

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    private static func files(_ ending: String) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: catalogue, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == ending }
    }
}
