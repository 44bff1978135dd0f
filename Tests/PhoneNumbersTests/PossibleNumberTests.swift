import Basics
import PhoneNumbers
import Testing

/// Numbers that libphonenumber calls possible, where its metadata may be older than the numbering plan.
@Suite("Contract 8: numbers that are newer than the metadata")
struct PossibleNumberTests {
    private static let unitedStates = [
        227, 235, 274, 324, 327, 329, 350, 353, 363, 369, 472, 557, 645, 686, 728, 730, 738, 748, 821, 835, 975, 983,
    ]
    private static let canada = [257, 273, 354, 382, 428, 633, 683, 879, 942]

    @Test("area codes of the last years belong to the United States", arguments: unitedStates)
    func newInTheUnitedStates(area: Int) throws {
        let parsed = try PhoneNumberParser.parse("+1 \(area) 555 0142", region: nil)
        #expect(parsed.number.revealed == "+1\(area)5550142")
        #expect(parsed.region == "US")
        #expect(!parsed.isLandline)
    }

    @Test("area codes of the last years belong to Canada", arguments: canada)
    func newInCanada(area: Int) throws {
        #expect(try PhoneNumberParser.parse("+1\(area)5550142", region: nil).region == "CA")
        #expect(try PhoneNumberParser.parse("\(area) 555 0142", region: "CA").region == "CA")
    }

    /// Newer metadata calls these personal numbers.
    @Test(
        "new area codes of no region are Twilio's to judge until the metadata knows them", arguments: [528, 529, 532])
    func personal(area: Int) {
        do throws(NumberProblem) {
            #expect(try PhoneNumberParser.parse("+1\(area)5550142", region: nil).region == "US")
        } catch {
            #expect(error == .premium)
        }
    }

    @Test(
        "an island of the plan keeps its region, and none of its numbers passes for the United States",
        arguments: [
            ("876", "JM"), ("658", "JM"), ("809", "DO"), ("829", "DO"), ("849", "DO"), ("242", "BS"), ("246", "BB"),
            ("264", "AI"), ("268", "AG"), ("284", "VG"), ("340", "VI"), ("345", "KY"), ("441", "BM"), ("473", "GD"),
            ("649", "TC"), ("664", "MS"), ("670", "MP"), ("671", "GU"), ("684", "AS"), ("721", "SX"), ("758", "LC"),
            ("767", "DM"), ("784", "VC"), ("787", "PR"), ("868", "TT"), ("869", "KN"), ("939", "PR"),
        ])
    func islands(area: String, region: String) {
        for rest in ["5550142", "2345678", "1110142", "0000000", "2110142", "9999999"] {
            let of = (try? PhoneNumberParser.parse("+1\(area)\(rest)", region: nil))?.region
            #expect(of == nil || of == region, "+1\(area)\(rest)")
        }
    }

    @Test(
        "what the plan of North America can never have stays refused",
        arguments: [
            "+11155550142", "+14151550142", "+16451550142", "+16450550142", "+12115550142", "+18225550142",
            "+18805550142", "+13705550142", "+19605550142", "+12905550142", "+19001110142", "+18001110142",
        ])
    func impossible(text: String) {
        #expect(throws: NumberProblem.self) { try PhoneNumberParser.parse(text, region: nil) }
    }

    @Test(
        "Benin's numbers have ten digits",
        arguments: [
            ("+229 01 97 12 34 56", nil), ("01 97 12 34 56", "BJ"), ("+2290121234567", nil), ("+2290142345678", nil),
        ]
            as [(String, String?)])
    func benin(text: String, region: String?) throws {
        let parsed = try PhoneNumberParser.parse(text, region: region)
        #expect(parsed.region == "BJ")
        #expect(parsed.number.revealed.hasPrefix("+22901"))
        #expect(parsed.number.revealed.utf8.count == 14)
    }

    @Test(
        "other numbers of that length are too long", arguments: ["+2290297123456", "+22901971234567", "+3541234567890"])
    func tooLong(text: String) {
        #expect(throws: NumberProblem.tooLong) { try PhoneNumberParser.parse(text, region: nil) }
    }

    @Test("the numbers next to one tell its country", arguments: [("+491512345678", "DE"), ("+33700012345", "FR")])
    func neighbours(text: String, region: String) throws {
        #expect(try PhoneNumberParser.parse(text, region: nil).region == region)
    }

    @Test(
        "among numbers of a refused kind, or where most countries have those, one that is not known is refused",
        arguments: ["+9718001", "+5978006347", "+2488001234", "+5979002593"])
    func refusedNeighbours(text: String) {
        #expect(throws: NumberProblem.self) { try PhoneNumberParser.parse(text, region: nil) }
    }
}
