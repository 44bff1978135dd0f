import AMQP
import Foundation
import TestKit
import Testing
import TwilioSimulator
import Wire

@Suite("Contract 5.6: codes and secrets are nowhere", .timeLimit(.minutes(10)))
struct SecrecyTests {
    private let phone = "+14155550142"
    private let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test(
        "5.6 Codes, tickets, the token and numbers: not in the log at its most talkative, the store, an event, a display"
    )
    func nowhere() async throws {
        let scene = try await HostileScene([
            "VERIFY_COURIER_LOG_LEVEL": "trace", "VERIFY_COURIER_EVENTS_ENABLED": "true",
            "VERIFY_COURIER_SITE_TICKETS": "required",
        ])
        let events = try await Mailbox(scene.stage.brokerURL, hearing: WireName.events)
        let secrets = try await live(scene)
        // The last one of them.
        _ = try await events.arrivals.first { $0.routingKey == "check.invalid" }
        let shown = try await display(scene.stage)
        let told = events.arrivals.all.map { String(decoding: $0.bytes, as: UTF8.self) }
        _ = try await scene.end(calls: 4)
        for secret in secrets {
            #expect(!scene.worker.output.contains(secret), "the log has one")
            #expect(!told.contains { $0.contains(secret) }, "an event has one")
            #expect(!shown.contains(secret), "a display has one")
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: scene.stage.folder) where !name.hasSuffix("out")
        {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(scene.stage.folder)/\(name)"))
            for secret in secrets { #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(name) has one") }
        }
        #expect(scene.worker.output.contains(trace), "2 traceparent: carried to logs")
    }

    /// A person registers with a ticket and signs in by a code and by a bypass code; other codes are wrong or malformed.
    ///
    /// - Returns: what nobody may find.
    private func live(_ scene: HostileScene) async throws -> [String] {
        func ask(_ kind: JobKind, _ fields: String) async throws -> Reply {
            var message = scene.message(kind, #"{"user":"anna",\#(fields)}"#)
            message.headers = [("traceparent", .text(trace))]
            return try await scene.answer(to: message)
        }
        let login = #""login":"sign-in-1""#
        let ticket = try #require(try await ask(.adminUserSet, #""operator":"o","ticket":true"#).ticket)
        let registration = #"\#(login),"channel":"sms","phone":"\#(phone)","ticket":"\#(ticket)""#
        #expect(try await ask(.registerPhone, registration).outcome == .sent)
        let first = scene.stage.code(phone)
        #expect(try await ask(.check, #"\#(login),"code":"\#(first)""#).outcome == .approved)
        #expect(try await ask(.send, #"\#(login),"channel":"sms""#).outcome == .sent)
        let second = scene.stage.code(phone)
        let wrong = second == "86420975" ? "97531086" : "86420975"
        #expect(try await ask(.check, #"\#(login),"code":"\#(wrong)""#).outcome == .denied)
        let bypass = try #require(
            try await ask(.adminUserBypass, #""operator":"o","reason":"r","minutes":5"#).code)
        #expect(try await ask(.check, #"\#(login),"code":"\#(bypass)""#).outcome == .approved)
        #expect(try await ask(.check, #"\#(login),"code":"\#(second)x""#).outcome == .invalid)
        let token = try #require(scene.stage.environment["VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN"])
        return [first, second, wrong, bypass, ticket, token, String(phone.dropFirst(2))]
    }

    /// What an operator may have shown.
    private func display(_ stage: Stage) async throws -> String {
        var shown = ""
        for command in [
            "outcomes find --json", "traffic --json", "twilio calls --json", "admin audit --json", "dead show 1 --json",
            "admin user get anna --json",
            "config show", "admin explain anna --json",
        ] {
            let run = try await stage.run(command)
            #expect(run.status == 0, "\(command): \(run.errors)")
            shown += run.output + run.errors
        }
        return shown
    }
}
