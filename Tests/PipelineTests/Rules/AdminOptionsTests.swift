import Basics
import SitePolicy
import Store
import Testing
import Wire

@testable import Pipeline

@Suite("Contract 2 and 3: administrators and site options")
struct AdminOptionsTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    private let stored = ["2FA_PROVIDER": "None", "2FA_VER_SMS": ""]

    private func set(_ changes: [String: String?], dryRun: Bool = false, census: [Census] = []) throws -> Answer {
        try scene.admin(.adminOptionsSet, .optionsSet(changes, dryRun: dryRun), user: "")
            .answer(scene.situation { ($0.options, $0.census, $0.user) = (stored, census, nil) })
    }

    private func written(_ answer: Answer) -> [String: String?]? {
        for case .options(let values) in answer.changes { return values }
        return nil
    }

    @Test("3 admin.options.get: every starred option, its value and source")
    func get() throws {
        let answer = try scene.admin(.adminOptionsGet, .optionsGet, user: "")
            .answer(scene.situation { $0.options = stored })
        #expect(try answer.reply.options == SiteOptions.states(stored))
        #expect(try answer.reply.options?["2FA_PROVIDER"] == Reply.OptionState(value: "None", source: "store"))
    }

    @Test("2 admin.options.set: values, null for the default; 3 options as they are then")
    func values() throws {
        let answer = try set(["2FA_PROVIDER": nil, "2FA_VER_VOICE": "Disabled"])
        #expect(written(answer) == ["2FA_PROVIDER": nil, "2FA_VER_VOICE": "Disabled"])
        let options = try answer.reply.options
        #expect(options?["2FA_PROVIDER"] == Reply.OptionState(value: "Twilio Verify", source: "default"))
        #expect(options?["2FA_VER_VOICE"] == Reply.OptionState(value: "Disabled", source: "store"))
        #expect(answer.audit?.detail == #"{"2FA_PROVIDER":"(default)","2FA_VER_VOICE":"Disabled"}"#)
    }

    @Test("2 admin.options.set: all or nothing")
    func allOrNothing() throws {
        let answer = try set(["2FA_VER_VOICE": "Disabled", "2FA_VER_FAX": "Enabled", "2FA_LOGINTYPE_WEB": "all"])
        #expect(answer.outcome == .invalid && answer.changes.kinds == ["audit"])
        #expect(
            try answer.reply.errors == [
                FieldProblem("options.2FA_LOGINTYPE_WEB", "unknown_value"),
                FieldProblem("options.2FA_VER_FAX", "unknown_option"),
            ])
        #expect(answer.audit?.detail.contains("2FA_VER_FAX") == true)
    }

    @Test("2 admin.options.set: dry_run changes nothing and says what it would do")
    func dryRun() throws {
        let census = [
            Census(required: true, graceUntil: nil, factors: [.phone], count: 40),
            Census(required: false, graceUntil: nil, factors: [.phone], count: 2),
        ]
        let changes: [String: String?] = ["2FA_PROVIDER": nil, "2FA_VER_SMS": "Disabled", "2FA_VER_VOICE": "Disabled"]
        let dry = try set(changes, dryRun: true, census: census)
        #expect(dry.outcome == .done && dry.changes.kinds == ["audit"])
        let effect = Reply.Effect(usersWithoutMethod: 42, requiredWithoutMethod: 40, usersNewlyRequired: 40)
        #expect(try dry.reply.effect == effect)
        #expect(dry.audit?.detail.contains("dry_run") == true)
        let real = try set(changes, census: census)
        #expect(try real.reply.effect == effect && real.reply.options == dry.reply.options)
        #expect(written(real) == changes)
        #expect(scene.admin(.adminOptionsSet, .optionsSet([:], dryRun: true), user: "").wanted.census)
    }
}
