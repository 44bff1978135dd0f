import Testing
import Wire

@testable import App

@Suite("Contract 7: admin user import")
struct UserImportTests {
    private func read(_ lines: String...) throws -> UserImport {
        try UserImport(csv: lines.joined(separator: "\n"))
    }

    @Test("7 import: columns in any order, empty fields stay as they are, a number in its international form")
    func columns() throws {
        let file = try read(
            "\u{FEFF}phone, user ,REQUIRED,grace_until", "+1 (415) 555-0142,anna,yes,2027-01-31T00:00:00Z", "",
            ",\"o'neil, bob\",0,", ",carl,,")
        #expect(file.refusals.isEmpty)
        #expect(file.entries.map(\.line) == [2, 4, 5])
        let bodies = file.entries.map { String(decoding: $0.body.encoded(), as: UTF8.self) }
        #expect(
            bodies == [
                #"{"grace_until":"2027-01-31T00:00:00Z","phone":"+14155550142","required":true,"user":"anna"}"#,
                #"{"required":false,"user":"o'neil, bob"}"#, #"{"user":"carl"}"#,
            ])
    }

    @Test("7 import: each refused line is reported with its number and why; the others are taken")
    func refusals() throws {
        let file = try read(
            "user,required,grace_until,phone", "anna,maybe,,", "bob,,tomorrow,", "carl,,,+19005550142", "carl,,,",
            ",yes,,",
            "dora,yes", "\"two", "lines\",,,x", "emil,,,+14155550142")
        #expect(
            file.refusals.map(\.description) == [
                "line 2: required: not true or false", "line 3: grace_until: no time such as 2027-01-31T00:00:00Z",
                "line 4: phone: premium_number", "line 5: the same user as line 4", "line 6: user: missing",
                "line 7: 2 fields, 4 columns", "line 8: phone: not_a_number",
            ])
        #expect(file.entries.map(\.line) == [10])
    }

    @Test(
        "7 import: a file that cannot be meant is refused as a whole",
        arguments: [
            ("", "its first line names the columns"), ("required\nyes", "must name the column 'user'"),
            ("user,user\na,b", "each column once"), ("user,pin\na,1", "there is no column 'pin'"),
            ("user\n\"anna", "line 2: a quoted field does not end"),
        ])
    func whole(csv: String, why: String) {
        let error = #expect(throws: ConfigProblem.self) { try UserImport(csv: csv) }
        #expect(error?.problems.joined().contains(why) == true, "\(String(describing: error))")
    }
}
