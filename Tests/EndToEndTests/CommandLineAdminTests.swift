import Foundation
import TestKit
import Testing
import VerifyClient
import Wire

@Suite("Contract 7: commands of administrators", .timeLimit(.minutes(10)))
struct CommandLineAdminTests {
    private let stage: Stage
    private let worker: WorkerProcess

    init() async throws {
        stage = try await Stage()
        worker = try stage.worker()
    }

    /// The reply to an `admin` command.
    private func admin(_ command: String, exit: Int32 = 0) async throws -> Reply {
        try await stage.run("admin \(command) --operator root --json").reply(exit: exit)
    }

    private func end() async {
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
    }

    @Test("7 admin options get, set: with dry run, back to the default, all or nothing")
    func options() async throws {
        let off = "options set 2FA_VER_SMS=Disabled"
        #expect(try await admin("user set anna --phone +14155550142").outcome == .done)
        #expect(try await admin("options set 2FA_PROVIDER=None --dry-run").effect?.usersWithoutMethod == 0)
        let told = try await stage.run("admin options set 2FA_PROVIDER=None --dry-run")
        #expect(told.lines.first == "dry run: nothing was changed; with this change it would be")
        #expect(told.output.contains("0 people newly required") && !told.output.contains("Done."))
        #expect(try await admin("\(off) 2FA_VER_VOICE=Disabled --dry-run").effect?.usersWithoutMethod == 1)
        #expect(try await admin("options get").options?["2FA_VER_SMS"]?.source == "default")
        #expect(try await admin("\(off) 2FA_X=1", exit: 65).errors?.map(\.reason) == ["unknown_option"])
        #expect(try await admin(off).outcome == .done)
        let state = try await admin("options get").options?["2FA_VER_SMS"]
        #expect(state == Reply.OptionState(value: "Disabled", source: "store"))
        #expect(try await admin("options set 2FA_VER_SMS=").outcome == .done)
        #expect(try await admin("options get").options?["2FA_VER_SMS"]?.source == "default")
        await end()
    }

    @Test("7 admin user get, set, list, reset, unlock, bypass, rename, erase; admin explain")
    func users() async throws {
        let until = "2099-01-31T00:00:00.000Z"
        let set = try await admin("user set anna --required --grace-until \(until) --phone +14155550142")
        #expect(set.profile?.phone == "+1········42" && set.profile?.graceUntil == until)
        #expect(try await admin("user set anna --no-required --grace-until none --ticket").ticket != nil)
        let profile = try await admin("user get anna").profile
        #expect(profile?.known == true && profile?.required == false && profile?.graceUntil == nil)
        #expect(try await admin("user list --filter registered --limit 1").users?.map(\.user) == ["anna"])
        #expect(try await admin("user list --filter unregistered --after a").users == [])
        #expect(try await admin("explain anna --application windows").application == .windows)
        let code = try #require(try await admin("user bypass anna --reason home --minutes 5").code)
        let login = "check --user anna --login sign-in-1 --json"
        #expect(try await stage.run(login, input: code).reply(exit: 0).outcome == .approved)
        #expect(try await admin("user unlock anna").outcome == .done)
        // Nobody of that name: said on standard error too, and no code for them by a slip.
        let nobody = try await stage.run("admin user unlock ana")
        #expect(nobody.status == 0 && nobody.output.contains("Nobody of this name is known"))
        #expect(nobody.errors.contains("warning: user: unknown_user (not 'ana'; nobody of that id is known"))
        #expect(try await admin("user bypass ana --reason home", exit: 65).errors?.first?.reason == "unknown_user")
        #expect(try await admin("user bypass ana --reason home --create").code != nil)
        #expect(try await admin("user set ana --grace-until 2020-01-01T00:00:00Z").warnings?.first?.reason == "past")
        #expect(try await admin("user reset anna --reason lost --what phone --ticket").ticket != nil)
        #expect(try await admin("user get anna").profile?.phone == nil)
        let many = try await stage.run("admin user reset anna ana --reason lost")
        #expect(many.status == 64 && many.errors.contains("2 people are to be reset: add --yes"))
        let both = try await stage.run("admin user reset anna ana --reason lost --operator root --json --yes")
        let names = try both.lines.map { try Reply.decode(Array($0.utf8)).user }
        #expect(both.status == 0 && names == ["anna", "ana"], "\(both.errors)")
        #expect(try await admin("user rename anna --to anne").outcome == .done)
        #expect(try await admin("user rename anna --to anne", exit: 65).errors?.isEmpty == false)
        #expect(try await admin("user erase anne --reason left --yes").outcome == .done)
        #expect(try await admin("user get anne").profile?.known == false)
        await end()
    }

    @Test("7 admin user import: flags and proven phones by CSV; refused lines are reported, by workers or before")
    func importing() async throws {
        let file = "\(stage.folder)/people.csv"
        let lines = [
            "user,required,grace_until,phone", "anna,yes,,+14155550142", "bob,maybe,,",
            "carl,no,2099-01-31T00:00:00Z,", "\u{1}dora,yes,,", " emil ,yes,,+14155550144",
        ]
        // What only the workers know: he has another phone.
        #expect(try await admin("user set emil --phone +14155550143").outcome == .done)
        try lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
        let dry = try await stage.run("admin user import \(file) --dry-run")
        #expect(dry.status == 65)
        #expect(
            dry.lines == [
                "line 3: required: not true or false", "line 5: user: malformed", "3 would be taken, 2 refused",
            ])
        #expect(try await admin("user list").users?.map(\.required) == [false])
        let unasked = try await stage.run("admin user import \(file) --operator root")
        #expect(unasked.status == 64 && unasked.errors.contains("3 people are to be changed: add --yes"))
        #expect(try await admin("user list").users?.map(\.required) == [false])
        let done = try await stage.run("admin user import \(file) --operator root --json --yes --progress")
        // Where there is no terminal how far it is stands on a line of its own.
        #expect(done.errors.contains("people: 1 of 3 (33 %)\n") && !done.errors.contains("\r"))
        #expect(done.status == 65)
        #expect(
            done.lines == [
                #"{"line":3,"why":"required: not true or false"}"#,
                #"{"line":5,"why":"user: malformed"}"#,
                #"{"line":6,"why":"not_allowed / contact_administrator phone: registered"}"#,
                #"{"refused":3,"taken":2}"#,
            ])
        let people = try await admin("user list").users
        #expect(people?.map(\.user) == ["anna", "carl", "emil"] && people?.map(\.required) == [true, false, false])
        #expect(people?.map(\.phone) == ["+1········42", nil, "+1········43"] && people?[1].graceUntil != nil)
        await end()
    }

    @Test("7 admin audit, outcomes find, outcomes show: read from the store, by every field that they take")
    func records() async throws {
        let start = "register phone --user anna --login sign-in-1 --phone +14155550142 --id m-1 --json"
        #expect(try await stage.run(start).reply(exit: 0).outcome == .sent)
        #expect(try await admin("user unlock anna --id a-1").outcome == .done)
        let remote = try await stage.run("admin audit --remote --user anna --json")
        #expect(remote.status == 0 && remote.lines.count == 1 && remote.output.contains(#""message_id":"a-1""#))
        #expect(try await admin("user get bob --id a-2").outcome == .done)
        let delivery = try await admin("user delivery anna --job m-1").delivery
        #expect(delivery?.to == "+1········42" && delivery?.channel == .code(.sms))
        #expect(try await admin("user delivery anna --job m-8", exit: 65).errors?.first?.reason == "unknown_job")
        await end()
        let show = try await stage.run("outcomes show m-1 --json").output
        for field in [#""event":"called""#, #""operation":"verification.start""#, #""event":"tell_the_caller""#] {
            #expect(show.contains(field), "\(show)")
        }
        let sid = try #require(show.firstMatch(of: /"sid":"(VE[0-9a-f]{32})"/)?.1)
        let found = try await stage.run("outcomes find --sid \(sid) --json")
        #expect(found.lines.count == 1 && found.output.contains(#""message_id":"m-1""#))
        for (command, fields) in [
            ("admin audit --user anna --kind admin.user.unlock", [#""message_id":"a-1""#, #""operator":"root""#]),
            ("admin audit --kind admin.user.get", [#""message_id":"a-2""#, #""user":"bob""#]),
            ("outcomes find --user anna --outcome sent", [#""message_id":"m-1""#, #""to":"+1········42""#]),
            ("outcomes find --number +14155550142", [#""message_id":"m-1""#, #""job":"register.phone""#]),
            (
                "outcomes find --login sign-in-1 --channel sms --country us --job register.phone",
                [#""message_id":"m-1""#]
            ),
            ("outcomes show m-1", [#""message_id":"m-1""#, #""outcome":"sent""#, #""application":"web""#]),
        ] {
            let run = try await stage.run("\(command) --json")
            #expect(run.status == 0, "\(command): \(run.errors)")
            // What 'outcomes show' tells of the way there stands before it.
            let outcome = run.lines.last ?? ""
            #expect(run.lines.count == 1 || command.hasPrefix("outcomes show"), "\(command): \(run.output)")
            for field in fields { #expect(outcome.contains(field), "\(command): \(run.output)") }
            #expect(!run.output.contains("4155550142"))
        }
        let both = try await stage.run("admin audit --operator root --kind admin.user.get --limit 1")
        #expect(both.lines.count == 2 && both.lines.last?.contains("admin.user.get") == true)
        #expect(both.lines.first?.split(separator: " ").first == "AT" && both.output.contains("admin.user.get"))
        #expect(try await stage.run("admin audit --until 2020-01-01T00:00:00Z").output.isEmpty)
        for command in ["outcomes show m-9", "outcomes find --since 2099-01-01T00:00:00Z"] {
            #expect(try await stage.run(command).status == 1)
        }
    }

    @Test("7 dead list, show, replay, discard, restore: dead letters, as the store holds them")
    func deadLetters() async throws {
        for id in ["m-1", "m-2"] {
            let body = Array(#"{"user":"anna","channel":"fax"}"#.utf8)
            let reply = try await stage.client.request(.send, body: body, messageID: id, patience: .seconds(110))
            #expect(try Reply.decode(reply).outcome == .invalid)
        }
        func dead(_ command: String) async throws -> Reply {
            try await stage.run("dead \(command) --operator root --json").reply(exit: 0)
        }
        let list = try await dead("list --state waiting --reason malformed --key send")
        #expect(list.letters?.map(\.job) == ["m-1", "m-2"])
        #expect(try await dead("show 2").letters?.first?.body?.contains("fax") == true)
        #expect(try await dead("discard 1 --why old").counts?["discarded"] == 1)
        #expect(try await dead("list --state waiting").letters?.map(\.id) == [2])
        #expect(try await dead("restore 1").counts?["restored"] == 1)
        let replay = "replay --reason malformed --rate 100 --late --limit 1"
        #expect(try await stage.run("dead \(replay) --dry-run").output == "1 letter fits\n")
        let unasked = try await stage.run("dead discard --reason malformed")
        #expect(unasked.status == 64 && unasked.errors.contains("2 letters fit: add --yes to discard them"))
        #expect(try await dead("list --state waiting").letters?.count == 2)
        #expect(try await dead("\(replay) --yes").counts?["replaying"] == 1)
        // The worker puts it through when its turn comes.
        while try await dead("list --state replayed").letters?.map(\.id) != [1] {}
        let trail = try await stage.run("admin audit --kind admin.dead.discard --json")
        #expect(trail.output.contains("old"))
        await end()
    }
}
