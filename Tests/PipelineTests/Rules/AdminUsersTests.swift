import Basics
import SitePolicy
import Store
import Testing
import Wire

@testable import Pipeline

@Suite("Contract 2: administrators and people")
struct AdminUsersTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    @Test("2 admin.user.get: profile, also for a user never seen; 3 profile")
    func get() throws {
        let rules = scene.admin(.adminUserGet, .userGet)
        let situation = scene.situation {
            $0.user = scene.user {
                ($0.required, $0.graceUntil, $0.lastApprovedAt) = (true, scene.now, scene.now - .seconds(5))
                $0.authenticator = Authenticator(factorSID: "YF", identity: "i", registeredAt: scene.now)
            }
            $0.tallies = [.wrongCodesOfUser: scene.tally(20, used: 20)]
        }
        var expected = Reply.Profile(user: "u1", known: true, required: true, authenticator: true)
        (expected.phone, expected.graceUntil) = ("+1········42", scene.now.description)
        expected.phoneRegisteredAt = (scene.now - .seconds(86_400)).description
        expected.authenticatorRegisteredAt = scene.now.description
        expected.lastApprovedAt = (scene.now - .seconds(5)).description
        expected.lockedUntil = (scene.now + .seconds(3540)).description
        #expect(try rules.answer(situation).reply.profile == expected)
        let nobody = try rules.answer(scene.situation { $0.user = nil })
        #expect(nobody.outcome == .done)
        #expect(
            try nobody.reply.profile == Reply.Profile(user: "u1", known: false, required: false, authenticator: false))
        #expect(rules.wanted.tallies == [.wrongCodesOfUser: 20])
    }

    @Test("2 admin.user.set: required, grace_until, what is absent stays; the person is known from then on")
    func set() throws {
        func user(_ settings: UserSettings, _ before: UserRecord?) throws -> UserRecord? {
            let answer = try scene.admin(.adminUserSet, .userSet(settings)).answer(scene.situation { $0.user = before })
            #expect(answer.outcome == .done)
            #expect(try answer.reply.profile?.user == "u1")
            return answer.changes.users.first
        }
        let fresh = try #require(try user(UserSettings(), nil))
        #expect(fresh.isKnown && !fresh.required && fresh.graceUntil == nil)
        let before = scene.user { ($0.required, $0.graceUntil, $0.generation) = (true, scene.now, 7) }
        #expect(try user(UserSettings(), before) == before)
        let changed = try #require(try user(UserSettings(required: false, graceUntil: .clear), before))
        #expect(!changed.required && changed.graceUntil == nil && changed.phone == before.phone)
        #expect(try user(UserSettings(graceUntil: .set(scene.now)), nil)?.graceUntil == scene.now)
    }

    @Test("2 admin.user.set: phone, already proven elsewhere; 6 a registered one is changed by a reset only")
    func setPhone() throws {
        let settings = UserSettings(phone: Redacted("+14155550142"))
        func answer(_ before: UserRecord?) throws -> Answer {
            try scene.admin(.adminUserSet, .userSet(settings), place: scene.place).answer(
                scene.situation { $0.user = before })
        }
        #expect(try answer(nil).changes.users.map(\.phone) == [scene.phone(scene.number)])
        #expect(try answer(scene.user()).changes.users.map(\.phone) == [scene.user().phone])
        let refused = try answer(scene.user { $0.phone = scene.phone(scene.other) })
        #expect(refused.outcome == .notAllowed && refused.reason == .contactAdministrator)
        #expect(refused.changes.users.isEmpty)
        #expect(try answer(nil).audit?.detail == #"{"phone":"+1········42"}"#)
    }

    @Test("6 site.tickets: admin.user.set hands one out, for 72 hours, not in the record")
    func setTicket() throws {
        let answer = try scene.admin(.adminUserSet, .userSet(UserSettings(ticket: true))).answer(scene.situation())
        guard case .ticket("u1", let ticket, let until)? = answer.changes.first(where: { "\($0)".hasPrefix("ticket") })
        else {
            Issue.record("no ticket")
            return
        }
        #expect(ticket.revealed == "AB-CD" && until == scene.now + .seconds(72 * 3600))
        #expect(answer.withheld == .ticket && !String(decoding: answer.body, as: UTF8.self).contains("AB-CD"))
        #expect(try scene.admin(.adminUserSet, .userSet(UserSettings())).answer(scene.situation()).withheld == nil)
    }

    @Test("2 admin.user.list: users, and next only where there are more")
    func list() throws {
        let rules = scene.admin(.adminUserList, .userList(filter: .required, after: "a", limit: 2), user: "")
        let page = ["b", "c", "d"].map { UserRecord(name: $0) }
        let full = try rules.answer(scene.situation { $0.page = page }).reply
        #expect(full.users?.map(\.user) == ["b", "c"] && full.next == "c" && full.user == nil)
        let last = try rules.answer(scene.situation { $0.page = Array(page.prefix(2)) }).reply
        #expect(last.users?.count == 2 && last.next == nil)
        #expect(
            rules.wanted.page?.limit == 3 && rules.wanted.page?.after == "a" && rules.wanted.page?.filter == .required)
    }

    @Test("8 replies: 48 KiB at most; a list of people ends earlier and names the last")
    func bounded() throws {
        let rules = scene.admin(.adminUserList, .userList(filter: nil, after: nil, limit: 500), user: "")
        let page = (100..<601).map { UserRecord(name: String(repeating: "é", count: 120) + String($0)) }
        let answer = try rules.answer(scene.situation { $0.page = page })
        let reply = try answer.reply
        #expect(answer.body.count <= 48 * 1024 && (reply.users?.count ?? 0) > 100)
        #expect(reply.next == reply.users?.last?.user && reply.next != nil)
    }

    @Test("2 admin.user.unlock: limits and tries of the user cleared")
    func unlock() throws {
        let answer = try scene.admin(.adminUserUnlock, .userUnlock).answer(scene.situation())
        #expect(answer.outcome == .done && answer.changes.kinds == ["unlock", "audit"])
    }

    @Test("2 admin.user.bypass: code, one use, for so many minutes; never in the record")
    func bypass() throws {
        let rules = scene.admin(.adminUserBypass, .userBypass(reason: "phone at home", minutes: 30))
        let answer = try rules.answer(scene.situation())
        guard case .bypass("u1", let code?, let until)? = answer.changes.first else {
            Issue.record("no code")
            return
        }
        #expect(code.revealed == "12345678" && until == scene.now + .seconds(1800))
        #expect(answer.withheld == .code)
        #expect(try answer.reply.code == nil && answer.reply.expiresAt == until.description)
        let detail = try #require(answer.audit?.detail)
        #expect(detail.contains("phone at home") && !detail.contains("12345678"))
    }

    @Test("2 admin.user.erase: the name is in nothing that is kept, the reply of now excepted")
    func erase() throws {
        let answer = try scene.admin(.adminUserErase, .userErase(reason: "left")).answer(scene.situation())
        #expect(answer.changes.kinds == ["erase", "audit"] && answer.withheld == .user)
        #expect(try answer.reply.user == nil)
        #expect(answer.audit?.user == "erased-1" && answer.audit?.detail == #"{"reason":"left"}"#)
        let open = scene.situation { $0.openCodes = [OpenCode(number: "n", sid: "VE1")] }
        let rules = scene.admin(.adminUserErase, .userErase(reason: "left"))
        #expect(try rules.answer(open).changes.chores == [.cancelVerification(sid: "VE1")] && rules.wanted.openCodes)
        let named = try scene.admin(.adminUserErase, .userErase(reason: "u1 left, not u12")).answer(scene.situation())
        #expect(named.audit?.detail == #"{"reason":"erased-1 left, not u12"}"#)
    }

    @Test("2 admin.user.rename: to a name that is free, of somebody who is there")
    func rename() throws {
        let rules = scene.admin(.adminUserRename, .userRename(to: "u2"))
        let answer = try rules.answer(scene.situation())
        #expect(answer.outcome == .done && answer.changes.kinds == ["rename", "audit"])
        #expect(answer.audit?.user == "u2" && answer.audit?.formerUser == "u1")
        #expect(rules.wanted.otherUser == "u2")
        for (change, field) in [
            ({ $0.otherUserExists = true }, FieldProblem("to", "exists")),
            ({ $0.user = nil }, FieldProblem("user", "unknown_user")),
        ] as [((inout Situation) -> Void, FieldProblem)] {
            let refused = try rules.answer(scene.situation(change))
            #expect(refused.outcome == .invalid && refused.changes.kinds == ["audit"])
            #expect(try refused.reply.errors == [field])
        }
    }

    @Test("4 late: an administrator's job too, and it is in the trail")
    func late() throws {
        for (kind, action) in [
            (JobKind.adminUserErase, AdminAction.userErase(reason: "r")), (.adminUserUnlock, .userUnlock),
            (.adminUserReset, .userReset(reason: "r", what: .all, ticket: false)),
        ] {
            let answer = try scene.admin(kind, action, patience: .milliseconds(1999)).answer(scene.situation())
            #expect(answer.outcome == .late && answer.changes.kinds == ["audit"])
        }
    }

    @Test("3 Always there: user for those who concern one; no application, but for explain")
    func draft() throws {
        let unlock = try scene.admin(.adminUserUnlock, .userUnlock).answer(scene.situation()).reply
        #expect(unlock.user == "u1" && unlock.job == "m-1" && unlock.application == nil)
        #expect(try scene.admin(.adminExplain, .explain).answer(scene.situation()).reply.application == .web)
        #expect(try scene.admin(.adminOptionsGet, .optionsGet, user: "").answer(scene.situation()).reply.user == nil)
    }
}
