import Basics
import Testing
import Wire

@testable import App

@Suite("Contract 7: admin user import")
struct UserImportTests {
    private static let now = Timestamp(rfc3339: "2026-12-01T00:00:00Z") ?? .now()

    private func read(_ lines: String...) throws -> UserImport {
        try UserImport(csv: Array(lines.joined(separator: "\n").utf8), by: "desk", now: Self.now)
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

    @Test("8 numbers: import takes those that are newer than the metadata, and none of a service")
    func newNumbers() throws {
        let file = try read(
            "user,phone", "anna,+1 645 555 0142", "bert,+19425550142", "carl,+229 01 97 12 34 56", "dora,+18005550142",
            "emil,+447012345678")
        #expect(
            file.entries.map(\.body).map { $0["phone"] }
                == ["+16455550142", "+19425550142", "+2290197123456"].map { .string($0) })
        #expect(
            file.refusals.map(\.description) == ["line 5: phone: premium_number", "line 6: phone: premium_number"])
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
            ("user;required\nanna;yes", "columns are separated by commas"),
        ])
    func whole(csv: String, why: String) {
        let error = #expect(throws: ImportProblem.self) { try UserImport(csv: Array(csv.utf8), by: "desk") }
        #expect(error?.description.contains(why) == true, "\(String(describing: error))")
    }

    @Test(
        "7 import: a file that is not UTF-8 is refused as a whole, with the first line that is not",
        arguments: [
            (Array("user,required\r\nanna,yes\r\nm".utf8) + [0xFC] + Array("ller,yes".utf8), "line 3 is not"),
            ([0xFF, 0xFE] + Array("user".utf8).flatMap { [$0, 0] }, "is UTF-16"),
            (Array("user,required".utf8).flatMap { [$0, 0] }, "is UTF-16"),
        ] as [([UInt8], String)])
    func encoding(bytes: [UInt8], why: String) {
        let error = #expect(throws: ImportProblem.self) { try UserImport(csv: bytes, by: "desk") }
        #expect(error?.description.contains(why) == true, "\(String(describing: error))")
    }

    @Test("7 import: lines are judged as a worker judges the job, before any is sent; white space around is cut")
    func judged() throws {
        let long = String(repeating: "x", count: 129)
        let file = try read(
            "user,required,grace_until,phone", " dora ,true,,", "fritz\t, yes ,,\u{A0}+14155550142", "\(long),true,,",
            "an\u{7}na,true,,", "gerd,,2026-11-30T00:00:00Z,", "gerd ,true,,")
        #expect(
            file.refusals.map(\.description) == [
                "line 4: user: too_long", "line 5: user: malformed", "line 6: grace_until: is past",
                "line 7: the same user as line 6",
            ])
        #expect(file.entries.map { $0.body["user"] } == [.string("dora"), .string("fritz")])
        let nobody = try UserImport(csv: Array("user\nanna".utf8), by: "two\nlines")
        #expect(nobody.refusals.map(\.description) == ["line 2: operator: malformed"])
    }
}
