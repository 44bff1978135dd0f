import Testing
import Wire

@testable import App

@Suite("Refusals at a terminal")
struct RefusalHintTests {
    private static let isKey = "(a key of the workers' configuration, and no option of the site's)"

    @Test(
        "name the allowed values, the nearest name or what is wanted",
        arguments: [
            ("options.2FA_VER_SSM", "unknown_option", "(did you mean 2FA_VER_SMS?)"),
            ("options.2FA_VER_SMS", "unknown_value", "(one of Enabled, Disabled, blank)"),
            ("options.2FA_LOGINTYPE_WEB", "unknown_value", "(one of All, Flagged, None)"),
            ("what", "unknown_value", "(one of phone, authenticator, all)"),
            ("filter", "unknown_value", "(one of required, registered, unregistered)"),
            ("application", "unknown_value", "(one of web, windows)"), ("minutes", "out_of_range", "(from 1 to 1440)"),
            ("grace_until", "malformed", "(a time such as 2027-01-31T00:00:00Z, or none)"),
            ("phone", "unknown_region", "(with + and country code, or with its region)"),
            ("user", "unknown_user", "(nobody of that id is known; a slip of the keyboard?)"),
            ("to", "exists", "(somebody has that id already)"),
            (
                "phone", "registered",
                "(another number is; 'admin user reset NAME --what phone --reason WHY' takes it away first)"
            ),
            ("options.site.tickets", "unknown_option", Self.isKey),
            ("options.2FA_VERIFY_AUTHTOKEN", "unknown_option", Self.isKey),
        ])
    func hints(field: String, reason: String, hint: String) {
        #expect(RefusalHint.line(for: FieldProblem(field, reason)) == "\(field): \(reason) \(hint)")
    }

    @Test("are the error's own words where there is nothing to add", arguments: ["", "x", "user", "options.x"])
    func plain(field: String) {
        #expect(RefusalHint.line(for: FieldProblem(field, "too_long")) == "\(field): too_long")
        #expect(RefusalHint.line(for: FieldProblem("other", "unknown_value")) == "other: unknown_value")
    }

    @Test("say what was typed, but no code, ticket or number")
    func typed() {
        var body = JobBody()
        body["what"] = "sms"
        body["minutes"] = .number("2000")
        body["phone"] = "+14155550142"
        body["options"] = .object(["2FA_VER_SMS": "Off"])
        func line(_ field: String, _ reason: String) -> String {
            RefusalHint.line(for: FieldProblem(field, reason), in: body)
        }
        #expect(line("what", "unknown_value") == "what: unknown_value (not 'sms'; one of phone, authenticator, all)")
        #expect(line("minutes", "out_of_range") == "minutes: out_of_range (not '2000'; from 1 to 1440)")
        #expect(line("options.2FA_VER_SMS", "unknown_value").contains("(not 'Off'; one of Enabled"))
        #expect(!line("phone", "not_valid").contains("4155"))
        #expect(line("absent", "missing") == "absent: missing")
        body["options"] = .object(["2FA_VERIFY_AUTHTOKEN": "4f2a"])
        #expect(!line("options.2FA_VERIFY_AUTHTOKEN", "unknown_option").contains("4f2a"))
    }
}
