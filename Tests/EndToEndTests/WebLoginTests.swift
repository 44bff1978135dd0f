import AMQP
import Basics
import Foundation
import Logging
import TestKit
import Testing
import TwilioSimulator
import VerifyClient
import Wire

@Suite("The reference login, with broker, workers and a simulator of Twilio", .timeLimit(.minutes(10)))
struct WebLoginTests {
    private let number = "+14155550142"

    @Test(
        "8 login-page: a phone is registered by text; a later login with a wrong code, the right one, an expired one, an outage"
    )
    func phone() async throws {
        let stage = try await Stage(["VERIFY_COURIER_SITE_2FA_LOGINTYPE_WEB": "All"])
        let worker = try stage.worker()
        let visitor = try await WebVisitor(stage)
        try await register(visitor, stage)
        // The next day.
        try await visitor.signIn()
        #expect(visitor.page.contains("Text me a code") && visitor.page.contains("Call me"))
        try await visitor.submit("/send", ["channel": "sms"])
        #expect(visitor.path == "/code" && visitor.page.contains("+1········42"))
        let code = stage.code(number)
        try await visitor.submit("/check", ["code": code == "111111" ? "222222" : "111111"])
        #expect(visitor.page.contains("<title>Error: ") && visitor.page.contains("4 tries are left"))
        stage.simulator.setFault(SimulatorFault(.unavailable), on: .check)
        try await visitor.submit("/check", ["code": code])
        #expect(visitor.path == "/code" && visitor.page.contains("not your fault"))
        #expect(!visitor.page.contains("not right"))
        stage.simulator.setFault(nil, on: .check)
        stage.simulator.advanceClock(by: .seconds(660))
        try await visitor.submit("/check", ["code": code])
        #expect(visitor.page.contains("no longer valid") && !visitor.page.contains("id=\"code\""))
        // One act asks for another.
        try await visitor.submit("/send", ["channel": "sms"])
        let dashed = stage.code(number)
        try await visitor.submit("/check", ["code": " \(dashed.prefix(3))-\(dashed.suffix(3)) "])
        #expect(visitor.path == "/in" && visitor.page.contains("You are signed in"))
        for code in [code, dashed, number, WebVisitor.password] { #expect(!visitor.log.contains(code)) }
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
    }

    @Test("8 login-page: two sendings of one form are one message")
    func twice() async throws {
        let stage = try await Stage(["VERIFY_COURIER_SITE_2FA_LOGINTYPE_WEB": "All"])
        let worker = try stage.worker()
        let visitor = try await WebVisitor(stage)
        try await register(visitor, stage)
        try await visitor.signIn()
        let page = visitor.page
        let before = stage.simulator.outbox(to: number).count
        try await visitor.submit("/send", ["channel": "sms"])
        try await visitor.resubmit(page, "/send", ["channel": "sms"])
        #expect(visitor.path == "/code" && stage.simulator.outbox(to: number).count == before + 1)
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
    }

    @Test(
        "8 login-page: an app is registered by its key, after a look at the page again, and used at a later login, once"
    )
    func app() async throws {
        let stage = try await Stage(["VERIFY_COURIER_SITE_2FA_LOGINTYPE_WEB": "All"])
        let worker = try stage.worker()
        let visitor = try await WebVisitor(stage)
        try await visitor.signIn()
        #expect(visitor.page.contains("Register to use mobile app codes"))
        try await visitor.get("/register/app")
        try await visitor.submit("/register/app/start")
        let key = visitor.between("<p class=\"key\" id=\"key\"><bdi dir=\"ltr\" class=\"digits\">", "</bdi>")
        #expect(key.count > 16 && visitor.page.contains("data:image/svg+xml;base64,"))
        try await visitor.get("/register/app")
        #expect(visitor.page.contains(key), "the same secret")
        try await visitor.submit("/register/app/check", ["code": code(key)])
        #expect(visitor.path == "/in" && visitor.page.contains("authenticator app is registered"))

        try await visitor.signIn()
        #expect(visitor.page.contains("Open your authenticator app"), "there is nothing to choose")
        let next = try await code(key, ahead: 30)
        try await visitor.submit("/check", ["code": next])
        #expect(visitor.path == "/in")
        try await visitor.signIn()
        try await visitor.submit("/check", ["code": next])
        #expect(visitor.path == "/code" && visitor.page.contains("next one within half a minute"))
        #expect(!visitor.log.contains(key.filter { $0 != " " }))
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
    }

    @Test("8 login-page: while nobody answers nobody is let in, and the page says that it is not the person's fault")
    func silence() async throws {
        let stage = try await Stage(["VERIFY_COURIER_SITE_2FA_LOGINTYPE_WEB": "All"])
        let visitor = try await WebVisitor(stage)
        try await visitor.signIn()
        #expect(visitor.status == "503" && visitor.page.contains("not your fault"))
        try await visitor.get("/in")
        #expect(!visitor.page.contains("You are signed in"))
    }

    @Test("8 login-page: only loopback, a file of users, and a free port: 78 otherwise, with the key's name")
    func configuration() async throws {
        let stage = try await Stage()
        let users = "\(stage.folder)/users"
        try "anna:secret\n".write(toFile: users, atomically: true, encoding: .utf8)
        let wrong = [
            (["login_page.listen=0.0.0.0:8092"], "login_page.listen"), (["login_page.listen=off"], "login_page.listen"),
            ([], "login_page.users"), (["login_page.users=/nowhere"], "login_page.users"),
            (["login_page.users=\(users)"], "line 1"),
        ]
        for (settings, words) in wrong {
            let run = try await Program.run(["login-page"] + settings.flatMap { ["--set", $0] }, stage.environment)
            #expect(run.status == 78 && run.errors.contains(words), "\(settings): \(run.errors)")
            #expect(!run.errors.contains("secret"))
        }
    }

    @Test("3 verify.status: a client hears it, on a queue that it binds itself")
    func status() async throws {
        let stage = try await Stage()
        let worker = try stage.worker()
        let broker = BrokerConfiguration(urls: [try BrokerURL(stage.brokerURL)], connectionName: "listener")
        let listener = StatusListener(
            broker: broker, frontEnd: "test", logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let running = Task { await listener.run() }
        defer { running.cancel() }
        try await Wait.bounded("the channels' status") { await listener.waitUntilHeard() }
        #expect(listener.status?.channels["sms"]?.state == .ok)
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
    }

    @Test(
        "8 login-page: while a channel's circuit is open its way is not offered, with a word, and again once it has closed"
    )
    func hidesWhatIsDown() async throws {
        let stage = try await Stage(["VERIFY_COURIER_SITE_2FA_LOGINTYPE_WEB": "All"])
        let worker = try stage.worker()
        let visitor = try await WebVisitor(stage)
        try await register(visitor, stage)
        try await visitor.signIn()
        #expect(visitor.page.contains("Call me") && visitor.page.contains("Text me a code"))
        let mailbox = try await Mailbox(stage.brokerURL, hearing: WireName.status)
        // Strangers ask for calls, and nobody for texts.
        let strangers = Locked(0)
        @Sendable func call() async throws -> Outcome {
            let number = strangers.withLock { number in
                number += 1
                return number
            }
            let fields = [
                "user": "stranger-\(number)", "login": "sign-in-\(number)", "channel": "call",
                "phone": "+1415555\(2000 + number)",
            ]
            return try await stage.ask(.registerPhone, fields).outcome
        }
        stage.simulator.setFault(SimulatorFault(.unavailable), on: .start)
        try await Wait.until("the circuit of calls to open") {
            // A job that fails takes its time, and the circuit goes by the latest ten.
            try await withThrowingTaskGroup { group in
                for _ in 1...12 { group.addTask { _ = try await call() } }
                try await group.waitForAll()
            }
            return worker.output.contains("no calls for a while")
        }
        try await Wait.until("the page not to offer a call") {
            _ = try await call()
            try await visitor.get("/confirm")
            return !visitor.page.contains("Call me")
        }
        #expect(visitor.page.contains("Calls do not work just now. This is not your fault."))
        #expect(visitor.page.contains("Text me a code"), "texts have a circuit of their own")
        let down = try #require(mailbox.arrivals.all.last { $0.exchange == WireName.status })
        let status = try JSONDecoder().decode(ChannelStatus.self, from: Data(down.bytes))
        #expect(status.channels["call"]?.state == .down && status.channels["sms"]?.state == .ok)

        stage.simulator.setFault(nil, on: .start)
        try await Wait.until("the page to offer a call again") {
            _ = try await call()
            try await visitor.get("/confirm")
            return visitor.page.contains("Call me")
        }
        #expect(!visitor.page.contains("do not work just now"))
        try await visitor.submit("/send", ["channel": "call"])
        try await visitor.submit("/check", ["code": stage.code(number)])
        #expect(visitor.path == "/in" && visitor.page.contains("You are signed in"))
        #expect(worker.output.contains("Twilio works again"))
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
    }

    // MARK: The person

    private func register(_ visitor: WebVisitor, _ stage: Stage) async throws {
        try await visitor.signIn()
        #expect(visitor.page.contains("Register your phone number for texts and calls"))
        try await visitor.get("/register/phone")
        try await visitor.submit("/register/phone/typed", ["region": "US", "phone": "(415) 555-0142"])
        #expect(visitor.path == "/register/phone/number" && visitor.page.contains(number))
        #expect(stage.simulator.outbox(to: number).isEmpty)
        try await visitor.submit("/register/phone/send", ["channel": "sms"])
        try await visitor.submit("/check", ["code": stage.code(number)])
        #expect(visitor.path == "/in" && visitor.page.contains("Your phone is registered"))
    }

    /// What the app shows.
    private func code(_ key: String, ahead seconds: Int = 0) async throws -> String {
        let output = try await Tool("oathtool", "--totp", "--base32", "--now", "+\(seconds) seconds", "-")
            .run(Array(key.filter { $0 != " " }.utf8))
        return String(decoding: output.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}
