import Basics
import TestKit
import Testing
import Wire

@testable import LoginPage

@Suite("Registering at the reference login") struct RegistrationTests {
    private func newcomer(_ more: (inout Reply) -> Void = { _ in }) async throws -> Browser {
        let browser = try Browser()
        await browser.signIn {
            $0.decision = "register"
            $0.methods = []
            $0.register = [.phone, .authenticator]
            $0.registerChannels = [.sms, .call]
            more(&$0)
        }
        return browser
    }

    @Test("F3: the number is shown back before a message is spent, and kept when going back")
    func phone() async throws {
        let browser = try await newcomer()
        await browser.get(.phone)
        let input = browser.between("<input id=\"phone\"", ">")
        #expect(input.contains("type=\"tel\"") && input.contains("autocomplete=\"tel\""))
        #expect(browser.page.contains("<option value=\"US\" selected>"))
        await browser.submit(.typePhone, ["region": "US", "phone": "(415) 555-0142"])
        #expect(browser.path == Place.number.rawValue && browser.page.contains("+14155550142"))
        #expect(browser.workers.jobs.isEmpty)
        await browser.get(.phone)
        #expect(browser.between("<input id=\"phone\"", ">").contains("value=\"(415) 555-0142\""))
        await browser.get(.number)
        browser.workers.answer(.registerPhone, browser.workers.reply(.sent) { $0.to = "+1········42" })
        await browser.submit(.registerPhone, ["channel": "call"])
        #expect(browser.path == Place.code.rawValue && browser.page.contains("We are calling"))
        let job = try #require(browser.workers.jobs.last)
        #expect(job.body["phone"] == .string("+14155550142") && job.body["channel"] == .string("call"))
        #expect(job.body["locale"] == .string("de-AT") && job.body["client"] == .string("127.0.0.1"))
        #expect(job.body["ticket"] == nil)
        #expect(browser.page.contains("Change the number"))
    }

    @Test(
        "F3: what is no number has the catalogue's words at its field",
        arguments: ["call me", "555", "+1 900 555 0142", ""])
    func mistyped(text: String) async throws {
        let browser = try await newcomer()
        await browser.get(.phone)
        await browser.submit(.typePhone, ["region": "US", "phone": text])
        #expect(browser.path == Place.phone.rawValue && browser.title.hasPrefix("Error: "))
        let known = Set(Guidance.typed.filter { $0.key.field == "phone" }.values).union(["Type your number."])
        #expect(known.contains { browser.page.contains($0) })
        #expect(browser.workers.jobs.isEmpty)
    }

    @Test("a number that one way does not reach keeps the other at hand; one that none reaches leads to the choice")
    func blocked() async throws {
        let browser = try await newcomer()
        await browser.get(.phone)
        await browser.submit(.typePhone, ["region": "US", "phone": "4155550142"])
        let workers = browser.workers
        workers.answer(.registerPhone, workers.reply(.blocked, .landline) { $0.alternatives = [.code(.call)] })
        await browser.submit(.registerPhone, ["channel": "sms"])
        #expect(browser.path == Place.number.rawValue && browser.page.contains("Choose a call."))
        #expect(browser.page.contains("Call me"))
        workers.answer(.registerPhone, workers.reply(.blocked, .fraudGuard) { $0.alternatives = [.authenticator] })
        await browser.submit(.registerPhone, ["channel": "call"])
        #expect(
            browser.path == Place.confirm.rawValue && browser.page.contains("We cannot send a code to this number."))
        #expect(browser.page.contains("Register to use mobile app codes"))
    }

    @Test("what the workers refuse of a number is said at its field")
    func refused() async throws {
        let browser = try await newcomer()
        await browser.get(.phone)
        await browser.submit(.typePhone, ["region": "US", "phone": "4155550142"])
        browser.workers.answer(
            .registerPhone,
            browser.workers.reply(.invalid, .malformed) { $0.errors = [FieldProblem("phone", "refused_by_provider")] })
        await browser.submit(.registerPhone, ["channel": "sms"])
        #expect(browser.path == Place.phone.rawValue && browser.page.contains("href=\"#phone\""))
        #expect(browser.page.contains("Codes cannot be sent to this number."))
    }

    @Test("an uncertain send says that a code may come, and that it will count")
    func uncertain() async throws {
        let browser = try await newcomer()
        await browser.get(.phone)
        await browser.submit(.typePhone, ["region": "US", "phone": "4155550142"])
        let workers = browser.workers
        workers.answer(.registerPhone, workers.reply(.uncertain, .answerLost) { $0.retryAt = workers.time(in: 5) })
        await browser.submit(.registerPhone, ["channel": "sms"])
        #expect(browser.path == Place.number.rawValue && browser.page.contains("not your fault"))
        #expect(browser.page.contains("keep it") && browser.page.contains("in 5 seconds"))
    }

    @Test("who is in and must confirm first reads so, where they are")
    func verifyFirst() async throws {
        let browser = try await newcomer()
        let workers = browser.workers
        await browser.get(.administrator)
        workers.answer(.check, workers.reply(.approved))
        await browser.submit(.checkAdministrators, ["code": "12345678"])
        await browser.get(.app)
        workers.answer(.registerAuthenticator, workers.reply(.notAllowed, .verifyFirst))
        await browser.submit(.registerApp)
        #expect(browser.path == Place.inside.rawValue && browser.page.contains("Confirm with a method that you have"))
        await browser.get(.inside)
        #expect(!browser.page.contains("Confirm with a method that you have"), "it is said once")
    }

    @Test("F2: the picture has words, a key to type and a time; a reload brings the same secret by the same request")
    func app() async throws {
        let browser = try await newcomer()
        let workers = browser.workers
        await browser.get(.app)
        #expect(workers.jobs.isEmpty, "a look makes no secret")
        workers.answer(
            .registerAuthenticator,
            workers.reply(.enrolling) {
                ($0.secret, $0.uri) = ("ABCD EFGH", "otpauth://totp/x?secret=ABCDEFGH&issuer=y")
                $0.qr = .init(type: "image/svg+xml", data: "<svg xmlns=\"http://www.w3.org/2000/svg\"/>")
                $0.expiresAt = workers.time(in: 600)
            })
        await browser.submit(.registerApp)
        #expect(browser.path == Place.app.rawValue && browser.page.contains("alt=\"QR code"))
        #expect(browser.page.contains("src=\"data:image/svg+xml;base64,") && browser.page.contains("Can't scan it?"))
        #expect(
            browser.page.contains("ABCD EFGH") && browser.page.contains("otpauth://totp/x?secret=ABCDEFGH&amp;issuer=y")
        )
        #expect(browser.page.contains("data-ends=\"600\"") && browser.page.contains("time based"))
        #expect(!browser.title.contains("ABCD"))
        await browser.get(.app)
        let asked = workers.jobs.filter { $0.kind == .registerAuthenticator }
        #expect(asked.count == 3 && Set(asked.map(\.id)).count == 1 && asked.allSatisfy { $0.body == asked[0].body })
        workers.answer(.check, workers.reply(.approved) { $0.registered = .authenticator })
        await browser.submit(.checkApp, ["code": "123456"])
        #expect(browser.path == Place.inside.rawValue && browser.page.contains("authenticator app is registered"))
        #expect(workers.jobs.last?.body["method"] == .string("authenticator"))
    }

    @Test("F2: when its time is over, one act begins anew")
    func appOver() async throws {
        let browser = try await newcomer()
        let workers = browser.workers
        let enrolling = workers.reply(.enrolling) { $0.expiresAt = workers.time(in: 600) }
        workers.answer(
            .registerAuthenticator, enrolling, enrolling, workers.reply(.expired, .enrolmentExpired))
        await browser.get(.app)
        await browser.submit(.registerApp)
        workers.clocks.advance(.seconds(601))
        await browser.get(.app)
        #expect(browser.page.contains("took too long") && browser.hidden(.registerApp)["nonce"] != nil)
    }

    @Test("a ticket is asked for where the site wants one, and left out when left blank")
    func ticket() async throws {
        let browser = try await newcomer { $0.needsTicket = true }
        await browser.get(.app)
        #expect(browser.page.contains("<label for=\"ticket\">"))
        browser.workers.answer(.registerAuthenticator, browser.workers.reply(.notAllowed, .ticketRequired))
        await browser.submit(.registerApp, ["ticket": " "])
        #expect(browser.path == Place.app.rawValue && browser.page.contains("registration ticket"))
        await browser.submit(.registerApp, ["ticket": "ABCD-1"])
        #expect(browser.workers.jobs.map { $0.body["ticket"] } == [nil, .string("ABCD-1")])
    }

    @Test("a code of the administrator's names no method, and registers nothing")
    func administrator() async throws {
        let browser = try await newcomer()
        await browser.get(.administrator)
        browser.workers.answer(.check, browser.workers.reply(.approved))
        await browser.submit(.checkAdministrators, ["code": "12345678"])
        #expect(browser.path == Place.inside.rawValue)
        #expect(browser.workers.jobs.last?.body["method"] == nil)
    }

    @Test(
        "later logins: what fits is offered; where that is the app alone its code is asked for, and a used one waits for the next"
    )
    func later() async throws {
        let browser = try Browser()
        await browser.signIn {
            $0.methods = [
                .init(method: .code(.sms), to: "+1········42", usable: false, reason: .methodDisabled),
                .init(method: .authenticator, to: nil, usable: true),
            ]
        }
        #expect(browser.page.contains("Open your authenticator app"))
        browser.workers.answer(.check, browser.workers.reply(.expired, .codeUsed))
        await browser.submit(.check, ["code": "123456"])
        #expect(browser.page.contains("next one within half a minute") && browser.page.contains("id=\"code\""))
        #expect(browser.workers.jobs.map(\.kind) == [.check])
        await browser.get(.notReceived)
        #expect(browser.page.contains("Use a code from my mobile app") && !browser.page.contains("Text me"))
    }

    @Test("leaving ends the code and the session")
    func leave() async throws {
        let browser = try await newcomer()
        await browser.submit(.leave)
        #expect(browser.path == "/" && browser.site.sessions.count == 0)
        await browser.get(.confirm)
        #expect(browser.path == "/")
    }
}
