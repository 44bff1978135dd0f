import Basics
import TestKit
import Testing
import Web
import Wire

@testable import LoginPage

/// Rules of good pages for codes, one by one.
@Suite("The pages of the reference login") struct LoginPagesTests {
    private func atCode(_ more: (inout Reply) -> Void = { _ in }) async throws -> Browser {
        let browser = try Browser()
        await browser.signIn()
        let workers = browser.workers
        workers.answer(
            .send,
            workers.reply(.sent) {
                ($0.to, $0.channel) = ("+1········42", .code(.sms))
                ($0.retryAt, $0.expiresAt) = (workers.time(in: 30), workers.time(in: 600))
                more(&$0)
            })
        await browser.submit(.send, ["channel": "sms"])
        return browser
    }

    @Test("F1: one text field for the code, that can be pasted into and filled in, with label and hint")
    func field() async throws {
        let browser = try await atCode()
        #expect(browser.path == Place.code.rawValue && browser.title == "Enter the code")
        let input = browser.between("<input id=\"code\"", ">")
        for attribute in [
            "name=\"code\"", "type=\"text\"", "inputmode=\"numeric\"", "autocomplete=\"one-time-code\"",
            "spellcheck=\"false\"", "aria-describedby=\"code-hint\"",
        ] {
            #expect(input.contains(attribute), "\(attribute)")
        }
        #expect(!input.contains("maxlength") && !input.contains("pattern") && !input.contains("value="))
        #expect(browser.page.contains("<label for=\"code\">") && browser.page.contains("id=\"code-hint\""))
        #expect(browser.page.matches(of: /<input [^>]*type="(text|tel|number)"/).count == 1)
    }

    @Test("F1: says how and whereto, masked, how long the code is good; and nobody will ask for it")
    func words() async throws {
        let browser = try await atCode()
        #expect(browser.page.contains("text message to") && browser.page.contains("+1········42"))
        #expect(browser.page.contains("data-ends=\"600\"") && browser.page.contains("UTC</time>"))
        #expect(browser.page.contains("Nobody of ours will ever ask you for a code"))
        #expect(browser.page.contains("Not received a code?"))
    }

    @Test(
        "F1: pasted with spaces and dashes it goes out as it is, named a phone's",
        arguments: ["123 456", "123-456", "１２３４５６", " 123456 "])
    func pasted(typed: String) async throws {
        let browser = try await atCode()
        browser.workers.answer(.check, browser.workers.reply(.approved))
        await browser.submit(.check, ["code": typed])
        #expect(browser.path == Place.inside.rawValue)
        let check = try #require(browser.workers.jobs.last)
        #expect(check.body["code"] == .string(typed) && check.body["method"] == .string("phone"))
    }

    @Test(
        "F1: a mistake that can be seen has its own words and costs nothing",
        arguments: [
            ("", "Enter the code."), ("12", "not entered enough"), ("12345678901", "too many digits"),
            ("12a456", "digits only"),
        ])
    func mistyped(typed: String, words: String) async throws {
        let browser = try await atCode()
        await browser.submit(.check, ["code": typed])
        #expect(browser.title.hasPrefix("Error: ") && browser.page.contains(words))
        #expect(browser.page.contains("href=\"#code\"") && browser.page.contains("aria-invalid=\"true\""))
        #expect(browser.page.contains("aria-describedby=\"code-hint code-error\""))
        #expect(browser.workers.jobs.map(\.kind) == [.send])
    }

    @Test("F1: each outcome of a check has its own words and its way on")
    func outcomes() async throws {
        let browser = try await atCode()
        let workers = browser.workers
        workers.answer(.check, workers.reply(.denied) { $0.checksLeft = 4 })
        await browser.submit(.check, ["code": "111111"])
        #expect(browser.page.contains("4 tries are left") && browser.title.hasPrefix("Error: "))
        workers.answer(.check, workers.reply(.unavailable, .providerUnreachable))
        await browser.submit(.check, ["code": "111111"])
        #expect(browser.page.contains("not your fault") && !browser.title.hasPrefix("Error: "))
        #expect(!browser.page.contains("not right"))
        workers.answer(
            .check, workers.reply(.throttled) { ($0.limit, $0.retryAt) = (.userTries, workers.time(in: 40)) })
        await browser.submit(.check, ["code": "111111"])
        #expect(browser.page.contains("in 40 seconds") && browser.page.contains("data-left=\"40\""))
        workers.answer(.check, workers.reply(.denied) { $0.checksLeft = 0 })
        await browser.submit(.check, ["code": "111111"])
        #expect(browser.page.contains("it was the last try") && !browser.page.contains("id=\"code\""))
        workers.clocks.advance(.seconds(30))
        await browser.get(.code)
        #expect(browser.page.contains("action=\"/send\""), "one act asks for another")
    }

    @Test("F1: when its time is over the page says so, and one act asks for another")
    func over() async throws {
        let browser = try await atCode()
        browser.workers.clocks.advance(.seconds(600))
        await browser.get(.code)
        #expect(browser.page.contains("no longer valid") && browser.hidden(.send)["nonce"] != nil)
        #expect(!browser.page.contains("id=\"code\""))
    }

    @Test("F1: a repeat waits, said as a time of day, and says that it is the same code")
    func again() async throws {
        let browser = try await atCode { $0.sameCode = true }
        #expect(browser.page.contains("We sent the same code again."))
        await browser.get(.notReceived)
        #expect(browser.page.contains("in 30 seconds") && browser.page.contains("UTC</time>"))
        #expect(browser.page.contains("hidden data-after=\"30\""))
        #expect(browser.page.contains("I have a code from the administrator"))
        browser.workers.clocks.advance(.seconds(30))
        await browser.get(.notReceived)
        #expect(!browser.page.contains("data-after") && browser.page.contains("Text me the code again"))
        #expect(browser.page.contains("Call me"))
    }

    @Test("F1: two sendings of one form are one request; with another code it is another")
    func twice() async throws {
        let browser = try await atCode()
        browser.workers.answer(.check, browser.workers.reply(.denied) { $0.checksLeft = 4 })
        let form = browser.hidden(.check)
        for code in ["111111", "111111", "222222"] {
            _ = await browser.site.answer(
                browser.request("POST", Act.check.rawValue, form.merging(["code": code]) { $1 }))
        }
        let ids = browser.workers.jobs.filter { $0.kind == .check }.map(\.id)
        #expect(ids.count == 3 && ids[0] == ids[1] && ids[1] != ids[2])
        #expect(ids[0].utf8.count == 32)
    }

    @Test("F1: after silence the next form is the same request, after a reply another")
    func silence() async throws {
        let browser = try await atCode()
        let workers = browser.workers
        workers.answer(.check, nil, workers.reply(.denied) { $0.checksLeft = 4 })
        for _ in 0..<3 { await browser.submit(.check, ["code": "111111"]) }
        let ids = workers.jobs.filter { $0.kind == .check }.map(\.id)
        #expect(ids.count == 3 && ids[0] == ids[1] && ids[1] != ids[2])
    }

    @Test("F1: no code is in an address, a title or a page, and no page is kept")
    func nowhere() async throws {
        let browser = try await atCode()
        browser.workers.answer(.check, browser.workers.reply(.denied) { $0.checksLeft = 4 })
        await browser.submit(.check, ["code": "424243"])
        #expect(!browser.page.contains("424243") && browser.path == Place.code.rawValue)
        let headers = Dictionary(uniqueKeysWithValues: WebAnswer.protection)
        #expect(headers["Cache-Control"] == "no-store" && headers["Referrer-Policy"] == "no-referrer")
        let policy = try #require(headers["Content-Security-Policy"])
        #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"))
        #expect(
            !browser.page.contains(" style=") && !browser.page.contains("<style") && !browser.page.contains(" onclick"))
    }

    @Test(
        "a form of another site does nothing",
        arguments: ["cross-site", "same-site", "none", "origin", "nothing", "token"])
    func forged(how: String) async throws {
        let browser = try await atCode()
        var request = browser.request(
            "POST", Act.check.rawValue, browser.hidden(.check).merging(["code": "111111"]) { $1 })
        switch how {
        case "origin": request.origin = "https://example.net"
        case "nothing": request.origin = nil
        case "token": request = browser.request("POST", Act.check.rawValue, ["code": "111111", "token": "guessed"])
        default: request.fetchSite = how
        }
        #expect(await browser.site.answer(request).status == 403)
        #expect(browser.workers.jobs.map(\.kind) == [.send])
    }

    @Test("a page that is asked for by a foreign name says nothing")
    func rebinding() async throws {
        let browser = try Browser()
        var request = browser.request("GET", "/")
        request.host = "rebound.example"
        #expect(await browser.site.answer(request).status == 421)
    }

    @Test("without a password there is no page, and no job", arguments: Place.allCases)
    func outside(place: Place) async throws {
        let browser = try Browser()
        await browser.get(place)
        let isOpen = [.signIn, .help, .style, .script].contains(place)
        #expect(browser.path == (isOpen ? place.rawValue : "/"))
        #expect(browser.workers.jobs.isEmpty)
        for act in Act.allCases where act != .signIn {
            #expect(await browser.site.answer(browser.request("POST", act.rawValue)).location == "/")
        }
    }

    @Test("nobody is in before the factor was shown", arguments: ["unavailable", "silence", "contact_administrator"])
    func notIn(how: String) async throws {
        let browser = try Browser()
        await browser.signIn()
        let workers = browser.workers
        switch how {
        case "unavailable": workers.answer(.options, workers.reply(.unavailable, .providerUnreachable))
        case "silence": workers.answer(.options, nil)
        default: workers.answer(.options, workers.reply(.options) { $0.decision = how })
        }
        await browser.get(.inside)
        #expect(browser.path != Place.inside.rawValue && !browser.page.contains("You are signed in"))
        #expect(
            browser.page.contains(how == "contact_administrator" ? "I have a code from the administrator" : "Try again")
        )
    }

    @Test("help is in the same place of every page")
    func help() async throws {
        let browser = try await atCode()
        for place in [Place.code, .notReceived, .confirm, .phone, .administrator, .help] {
            await browser.get(place)
            #expect(browser.page.contains("<nav aria-label=\"Help\"><a href=\"/help\">Help</a></nav></header>"))
        }
    }

    @Test("a method that is down is not offered, and the page says why")
    func down() async throws {
        let browser = try Browser()
        browser.status.withLock {
            $0 = ChannelStatus(
                at: browser.workers.clocks.wall,
                channels: [.code(.sms): .init(state: .down, since: browser.workers.clocks.wall, countriesBlocked: [])])
        }
        await browser.signIn()
        #expect(!browser.page.contains("Text me a code") && browser.page.contains("Call me"))
        #expect(browser.page.contains("Text messages do not work just now"))
        #expect(browser.page.contains("A call is the only way"), "and what to do without")
        browser.status.withLock { $0 = nil }
        await browser.get(.confirm)
        #expect(browser.page.contains("Text me a code"))
    }

    @Test("what a name or a reply holds is text, not HTML")
    func escaped() async throws {
        let browser = try Browser()
        await browser.get(.signIn)
        await browser.submit(.signIn, ["name": "<script>\"'&", "password": "x"])
        #expect(!browser.page.contains("<script>\"") && browser.page.contains("&lt;script&gt;&quot;&#39;&amp;"))
    }
}
