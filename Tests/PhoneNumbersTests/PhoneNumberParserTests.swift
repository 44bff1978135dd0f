import Basics
import PhoneNumbers
import Testing

@Suite("PhoneNumberParser")
struct PhoneNumberParserTests {
    @Test(
        "reads national and international numbers",
        arguments: [
            ("(415) 555-0142", "US", "+14155550142", "US"),
            ("415.555.0142", "US", "+14155550142", "US"),
            ("1 415 555 0142", "US", "+14155550142", "US"),
            ("+14155550142", nil, "+14155550142", "US"),
            ("+1 415-555-0142", "GB", "+14155550142", "US"),
            ("604 555 0123", "CA", "+16045550123", "CA"),
            ("020 7946 0018", "GB", "+442079460018", "GB"),
            ("+44 20 7946 0018", "US", "+442079460018", "GB"),
            ("+49 30 901820", nil, "+4930901820", "DE"),
            ("  +1 415 555 0142  ", nil, "+14155550142", "US"),
        ] as [(String, String?, String, String)])
    func reads(text: String, region: String?, number: String, of: String) throws {
        let parsed = try PhoneNumberParser.parse(text, region: region)
        #expect(parsed.number.revealed == number)
        #expect(parsed.region == of)
    }

    @Test("reads full-width digits as digits")
    func fullWidth() throws {
        let parsed = try PhoneNumberParser.parse("＋１４１５５５５０１４２", region: nil)
        #expect(parsed.number.revealed == "+14155550142")
    }

    @Test(
        "refuses numbers of services: premium, personal, of companies, toll-free, pagers",
        arguments: [
            "+19005550142", "+19002345678", "+447012345678", "+44 70 1111 1111", "+449012345678", "+448712345678",
            "+443001234567", "+15215550142", "+18005550142", "+18335550142", "+448001234567", "+447640123456",
        ])
    func premium(text: String) {
        #expect(throws: NumberProblem.premium) { try PhoneNumberParser.parse(text, region: nil) }
    }

    @Test(
        "refuses emergency and short numbers",
        arguments: [("911", "US"), ("112", "GB"), ("999", "GB"), ("112", "DE"), ("911", "CA")])
    func emergency(text: String, region: String) {
        #expect(throws: NumberProblem.shortOrEmergency) { try PhoneNumberParser.parse(text, region: region) }
    }

    @Test(
        "refuses numbers of the wrong length, and says which",
        arguments: [
            ("+1415555", NumberProblem.tooShort), ("+1415555014", .tooShort), ("+141555501421", .tooLong),
            ("+4420794600181234", .tooLong),
        ])
    func length(text: String, problem: NumberProblem) {
        #expect(throws: problem) { try PhoneNumberParser.parse(text, region: nil) }
    }

    @Test("refuses what is no number", arguments: ["", " ", "hello", "+", "n/a", "\u{0}", "📞", "--"])
    func noNumber(text: String) {
        #expect(throws: NumberProblem.self) { try PhoneNumberParser.parse(text, region: "US") }
    }

    @Test("refuses a number of the right length that nobody can have")
    func notValid() {
        #expect(throws: NumberProblem.notValid) { try PhoneNumberParser.parse("+11155550142", region: nil) }
    }

    @Test("needs a region that exists for a national number", arguments: [nil, "", "ZZ", "XX", "USA"])
    func unknownRegion(region: String?) {
        #expect(throws: NumberProblem.unknownRegion) {
            try PhoneNumberParser.parse("(415) 555-0142", region: region)
        }
    }

    @Test("reads the numbers for tests, Twilio's and the simulator's", arguments: ["+15005550006", "+15005660202"])
    func forTests(text: String) throws {
        #expect(try PhoneNumberParser.parse(text, region: nil).region == "US")
    }

    @Test("gives the same answer from many tasks at once")
    func threads() async {
        let numbers = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<64 {
                group.addTask { (try? PhoneNumberParser.parse("415 555 0142", region: "US"))?.number.revealed }
            }
            return await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        #expect(numbers == ["+14155550142"])
    }
}
