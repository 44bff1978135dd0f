import Basics
import Foundation
import Logging
import TestKit
import Testing
import VerifyClient
import Wire

@testable import FrontEndSample

@Suite("The Swift front end of docs/front-ends.md", .timeLimit(.minutes(10))) struct FrontEndSampleTests {
    private let number = "+14155550142"

    @Test("lets in who types the right code, after a wrong one too, and nobody else")
    func signsIn() async throws {
        let stage = try await Stage(["VERIFY_COURIER_SITE_2FA_LOGINTYPE_WEB": "All"])
        let worker = try stage.worker()
        try await register(stage)
        let client = try makeClient(stage.brokerURL, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let running = Task { await client.run() }
        defer { running.cancel() }

        let shown = Locked<[String]>([])
        let show = { @Sendable (sentence: String) in shown.withLock { $0.append(sentence) } }
        let typed = Locked(["not a code", "", "right"])
        let isIn = try await secondFactor(of: "anna", client, show: show) { address in
            #expect(address == "+1········42")
            let next = typed.withLock { $0.removeFirst() }
            return next == "right" ? stage.code(number) : next.isEmpty ? wrong(stage.code(number)) : next
        }
        #expect(isIn)
        #expect(shown.withLock { $0.count } == 4)

        #expect(try await !secondFactor(of: "anna", client, show: show) { _ in nil })
        #expect(try await !secondFactor(of: "a-stranger", client, show: show) { _ in "123456" })
        worker.kill(15)
        #expect(await worker.waitUntilEnd() == 0)
    }

    @Test("is in the documentation word for word")
    func isDocumented() throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let root = tests.deletingLastPathComponent()
        let path = tests.appendingPathComponent("FrontEndSample/FrontEndSample.swift")
        let sample = try String(contentsOf: path, encoding: .utf8)
        let page = try String(contentsOf: root.appendingPathComponent("docs/front-ends.md"), encoding: .utf8)
        #expect(page.contains("```swift\n\(sample)```"))
    }

    private func register(_ stage: Stage) async throws {
        let first = ["user": "anna", "login": "registration"]
        let sent = try await stage.ask(.registerPhone, first.merging(["phone": number, "channel": "sms"]) { $1 })
        #expect(sent.outcome == .sent)
        let checked = try await stage.ask(.check, first.merging(["code": stage.code(number)]) { $1 })
        #expect(checked.registered == .phone)
    }

    private func wrong(_ code: String) -> String { code == "111111" ? "222222" : "111111" }
}
