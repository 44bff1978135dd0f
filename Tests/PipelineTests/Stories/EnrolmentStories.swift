import Basics
import Pipeline
import SitePolicy
import Store
import TestKit
import Testing
import Wire

@Suite("Stories: registering an authenticator", .timeLimit(.minutes(10)))
struct EnrolmentStories {
    @Test("6 an authenticator counts once its first code did", arguments: StoreKind.allCases)
    func registers(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let shown = try await desk.startApp("anna", "sign-in-1", ["label": "anna at home"])
            #expect(shown.outcome == .enrolling && shown.expiresAt == (site.now + .seconds(600)).description)
            let secret = try #require(shown.secret)
            #expect(secret.wholeMatch(of: /([A-Z2-7]{4} ){7}[A-Z2-7]{4}/) != nil)
            let plain = secret.replacing(" ", with: "")
            #expect(shown.uri == "otpauth://totp/ACME:anna%20at%20home?secret=\(plain)&issuer=ACME&digits=6&period=30")
            #expect(shown.qr?.type == "image/svg+xml" && shown.qr?.data.contains("<svg") == true)
            let app = try desk.scan(shown)
            #expect(try await desk.options().decision == "register")
            let approved = try await desk.checkApp(app.code(at: site.now))
            #expect(approved.outcome == .approved && approved.registered == .authenticator)
            let options = try await desk.options()
            #expect(options.decision == "verify" && options.methods?.map(\.method) == [.authenticator])
            #expect(options.methods?.first?.usable == true)
        }
    }

    @Test(
        "3 Twilio is given a random identity and name, and our secret; nothing personal", arguments: StoreKind.allCases)
    func nothingPersonal(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let shown = try await desk.startApp()
            let factor = try #require(site.twilio.factors.all.first)
            #expect(factor.secret == shown.secret?.replacing(" ", with: ""))
            #expect(factor.identity.count >= 32 && factor.name == factor.identity && factor.identity != "anna")
        }
    }

    @Test("2 qr: as SVG, as PNG, or none", arguments: StoreKind.allCases)
    func pictures(_ kind: StoreKind) async throws {
        try await story(kind) { _, desk in
            let png = try await desk.startApp("anna", "sign-in-1", ["qr": "png"])
            #expect(png.qr?.type == "image/png" && png.qr?.data.hasPrefix("iVBORw0KGgo") == true)
            let none = try await desk.startApp("anna", "sign-in-1", ["qr": "none"])
            #expect(none.qr == nil && none.secret == png.secret && none.uri == png.uri)
        }
    }

    @Test(
        "6 the same login is shown the same secret, another gets a new one and the old is gone",
        arguments: StoreKind.allCases)
    func again(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let first = try await desk.startApp("anna", "sign-in-1", id: "m-1")
            #expect(try await desk.startApp("anna", "sign-in-1").secret == first.secret)
            #expect(site.twilio.count(.createFactor) == 1)
            let other = try await desk.startApp("anna", "sign-in-2")
            #expect(other.outcome == .enrolling && other.secret != first.secret)
            let old = try await desk.startApp("anna", "sign-in-1", id: "m-1")
            #expect(old.outcome == .expired && old.reason == .enrolmentExpired && old.secret == nil)
            let stranger = try await desk.checkApp(desk.scan(first).code(at: site.now), "anna", "sign-in-1")
            #expect(stranger.outcome == .expired && stranger.reason == .notYours)
            site.advance(.seconds(61))
            try await desk.doChores()
            #expect(site.twilio.factors.all.count == 1)
            #expect(
                try await desk.checkApp(desk.scan(other).code(at: site.now), "anna", "sign-in-2").outcome == .approved)
        }
    }

    @Test("5.2 a secret is repeated only while its enrolment is open", arguments: StoreKind.allCases)
    func repeated(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let first = try await desk.startApp("anna", "sign-in-1", id: "m-1")
            let again = try await desk.startApp("anna", "sign-in-1", id: "m-1")
            #expect(again.encoded() == first.encoded())
            let asked = try await desk.ask(.outcome, ["user": "anna", "job": "m-1"])
            #expect(asked.encoded() == first.encoded())
            let held = try await desk.process(
                desk.envelope(.registerAuthenticator, ["user": "anna", "login": "sign-in-1"], id: "m-1"))
            let secret = try #require(held.publication)
            #expect(secret.isSecret(at: site.now))
            site.advance(.seconds(601))
            // A reply that could not be published in time shows nothing either, and may be kept on disk.
            #expect(!secret.isSecret(at: site.now))
            let over = try await desk.process(
                desk.envelope(.registerAuthenticator, ["user": "anna", "login": "sign-in-1"], id: "m-1"))
            #expect(over.publication?.isSecret(at: site.now) == false)
            let shown = try Reply.decode(try #require(held.publication).body(at: site.now))
            #expect(shown.reason == .enrolmentExpired && shown.secret == nil)
            let late = try await desk.startApp("anna", "sign-in-1", id: "m-1")
            #expect(late.outcome == .expired && late.reason == .enrolmentExpired && late.uri == nil && late.qr == nil)
            #expect(try await desk.ask(.outcome, ["user": "anna", "job": "m-1"]).reason == .enrolmentExpired)
        }
    }

    @Test("6 an enrolment runs out after ten minutes, and its factor goes", arguments: StoreKind.allCases)
    func runsOut(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let app = try desk.scan(try await desk.startApp())
            site.advance(.seconds(600))
            let late = try await desk.checkApp(app.code(at: site.now))
            #expect(
                late.outcome == .expired && late.reason == .enrolmentExpired && site.twilio.count(.verifyFactor) == 0)
            try await desk.doChores()
            #expect(try await desk.store.enrolment(of: "anna")?.secret == nil)
            site.advance(.seconds(61))
            site.twilio.fail(.deleteFactor, .answer(503, code: nil))
            try await desk.doChores()
            #expect(site.twilio.factors.all.count == 1)
            site.advance(.seconds(121))
            try await desk.doChores()
            #expect(site.twilio.factors.all.isEmpty)
            try await desk.doChores()
            #expect(try await desk.check(app.code(at: site.now)).reason == .enrolmentExpired)
        }
    }

    @Test("6 verify_first; the old one serves until the new one is proven", arguments: StoreKind.allCases)
    func replaces(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let old = try await desk.registerApp("anna", "sign-in-1")
            #expect(try await desk.startApp("anna", "sign-in-2").reason == .verifyFirst)
            #expect(try await desk.checkApp(old.code(at: site.now), "anna", "sign-in-2").outcome == .approved)
            let new = try desk.scan(try await desk.startApp("anna", "sign-in-2"))
            site.advance(.seconds(60))
            #expect(try await desk.checkApp(old.code(at: site.now), "anna", "sign-in-3").outcome == .approved)
            site.advance(.seconds(500))
            // Confirmed when it began: it may take longer than the confirmation lasts.
            site.advance(.seconds(30))
            let proven = try await desk.checkApp(new.code(at: site.now), "anna", "sign-in-2")
            #expect(proven.outcome == .approved && proven.registered == .authenticator)
            site.advance(.seconds(61))
            #expect(try await desk.checkApp(old.code(at: site.now), "anna", "sign-in-4").outcome == .denied)
            #expect(try await desk.checkApp(new.code(at: site.now), "anna", "sign-in-4").outcome == .approved)
            try await desk.doChores()
            #expect(site.twilio.factors.all.map(\.secret) == [new.secret.replacing(" ", with: "")])
        }
    }

    @Test("6 a person with a phone adds an app after a code by phone in the same login", arguments: StoreKind.allCases)
    func besidePhone(_ kind: StoreKind) async throws {
        try await story(kind, { $0.limits.cooldownSeconds = [] }) { site, desk in
            try await desk.register()
            #expect(try await desk.startApp().reason == .verifyFirst)
            #expect(try await desk.send().outcome == .sent)
            #expect(try await desk.check(desk.code()).outcome == .approved)
            let app = try desk.scan(try await desk.startApp())
            // What this login has pending is meant, though two methods will be there.
            let proven = try await desk.check(app.code(at: site.now))
            #expect(proven.outcome == .approved && proven.registered == .authenticator)
            #expect(try await desk.check("123456", "anna", "sign-in-5").errors?.map(\.field) == ["method"])
            #expect(try await desk.options().methods?.map(\.method) == [.code(.sms), .code(.call), .authenticator])
        }
    }

    @Test(
        "4 tries_used_up: five wrong codes end an enrolment; asked again, there is a new secret",
        arguments: StoreKind.allCases)
    func fiveWrong(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let shown = try await desk.startApp()
            let app = try desk.scan(shown)
            for left in [4, 3, 2, 1, 0] {
                let denied = try await desk.checkApp(app.wrongCode(at: site.now))
                #expect(denied.outcome == .denied && denied.checksLeft == left)
            }
            let over = try await desk.checkApp(app.code(at: site.now))
            #expect(over.outcome == .expired && over.reason == .triesUsedUp && site.twilio.count(.verifyFactor) == 5)
            let new = try await desk.startApp()
            #expect(new.outcome == .enrolling && new.secret != shown.secret)
        }
    }

    @Test("Issue: a clock hint at enrolment where another time's code was typed", arguments: StoreKind.allCases)
    func clockHint(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let app = try desk.scan(try await desk.startApp())
            let slow = try await desk.checkApp(app.code(at: site.now - .seconds(120)))
            #expect(slow.outcome == .denied && slow.message.contains("2 minutes slow"))
            let fast = try await desk.checkApp(app.code(at: site.now + .seconds(90)))
            #expect(fast.outcome == .denied && fast.message.contains("2 minutes fast"))
            let plain = try await desk.checkApp(app.wrongCode(at: site.now))
            #expect(plain.outcome == .denied && !plain.message.contains("clock"))
        }
    }

    @Test("6 site.tickets: the ticket that was shown is used once the app is proven", arguments: StoreKind.allCases)
    func tickets(_ kind: StoreKind) async throws {
        try await story(kind, { $0.ticketsRequired = true }) { site, desk in
            #expect(try await desk.startApp().reason == .ticketRequired)
            let set = try await desk.admin(.adminUserSet, ["user": "anna", "ticket": true])
            let ticket = JSONValue.string(try #require(set.ticket))
            let app = try desk.scan(try await desk.startApp("anna", "sign-in-1", ["ticket": ticket]))
            #expect(try await desk.checkApp(app.code(at: site.now)).outcome == .approved)
            #expect(try await desk.startApp("anna", "sign-in-1", ["ticket": ticket]).reason == .ticketRequired)
        }
    }

    @Test("6 2FA_VER_TOTP Disabled; provider None", arguments: StoreKind.allCases)
    func switchedOff(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let app = try desk.scan(try await desk.startApp())
            _ = try await desk.admin(.adminOptionsSet, ["options": .object(["2FA_VER_TOTP": "Disabled"])])
            #expect(try await desk.startApp().reason == .methodDisabled)
            #expect(try await desk.checkApp(app.code(at: site.now)).reason == .methodDisabled)
            _ = try await desk.admin(.adminOptionsSet, ["options": .object(["2FA_PROVIDER": "None"])])
            #expect(try await desk.startApp().reason == .providerNone)
            #expect(try await desk.checkApp(app.code(at: site.now)).reason == .providerNone)
            #expect(site.twilio.count(.verifyFactor) == 0)
        }
    }
}
