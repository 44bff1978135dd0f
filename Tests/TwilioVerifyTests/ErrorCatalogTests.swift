import Testing

@testable import TwilioVerify

@Suite("The catalogue of errors") struct ErrorCatalogTests {
    /// A row of Twilio's list as we read it: its codes, what they mean here, whether trying again helps.
    struct Row: Sendable, CustomTestStringConvertible {
        var codes: [Int]
        var meaning: TwilioMeaning
        var retry: ErrorCatalog.Retry

        init(_ codes: [Int], _ meaning: TwilioMeaning, _ retry: ErrorCatalog.Retry) {
            self.codes = codes
            self.meaning = meaning
            self.retry = retry
        }

        var testDescription: String { "\(codes)" }
    }

    static let rows: [Row] = [
        Row([20001], .other, .never), Row([20003, 20005, 20006, 20008, 20403], .credentials, .never),
        Row([20404, 60431, 60623], .notFound, .startOver), Row([20409], .other, .backOff),
        Row([20429, 25109], .rateLimited, .backOff), Row([20500, 20503], .providerFault, .backOff),
        Row([21211, 60436], .invalidTo, .whenCorrected), Row([21215, 21408], .countryNotAllowed, .never),
        Row([21216], .fraudGuard, .never), Row([21608], .other, .never),
        Row([60331], .localeNotSupported, .whenCorrected),
        Row([21610], .optedOut, .never), Row([21612, 21614, 60625], .unreachable, .whenCorrected),
        Row([30003, 30005, 30006, 30007, 30008, 30022], .unreachable, .otherChannel),
        Row([30450], .fraudGuard, .afterWindow), Row([60001, 60223, 60242, 68008], .channelDisabled, .otherChannel),
        Row([60200], .other, .whenCorrected), Row([60202], .maxChecks, .afterWindow),
        Row([60203], .maxSends, .afterWindow), Row([60204], .serviceMissing, .never),
        Row([60205], .landline, .whenCorrected), Row([60212], .concurrent, .backOff),
        Row([60220, 60226, 60605], .countryNotAllowed, .never),
        Row([60238, 60410, 60412, 60413], .fraudGuard, .never),
        Row([60215, 60217, 60218, 60219, 60222, 60245, 60603, 60604], .channelDisabled, .never),
        Row([60728], .tooManyUserRequests, .afterWindow),
        Row(
            [60201, 60206, 60207, 60208, 60209, 60210, 60211, 60213, 60214, 60221, 60224, 60225, 60227, 60228, 60229],
            .other, .never),
        Row([60246, 60247, 60248, 60253, 60329, 60408, 60602], .other, .never),
        Row([60300, 60306, 60311, 60324], .wrongCode, .whenCorrected),
        Row([60301, 60317], .alreadyExists, .alreadyDone),
        Row([60325, 60327, 60333, 60334, 60335, 60409, 60411], .other, .alreadyDone),
        Row([60302, 60305, 60307, 60309, 60314, 60330], .other, .never), Row([60315], .factorLimit, .whenCorrected),
        Row([60308], .challengeTriesUsedUp, .startOver), Row([60310], .factorTriesUsedUp, .startOver),
        Row([60312], .challengeLimit, .afterWindow), Row([60326], .tooManyUserRequests, .afterWindow),
        Row([60313], .credentials, .never), Row([60318], .factorUnusable, .startOver),
        Row([60322, 60323], .challengeOver, .startOver), Row([60390, 60391, 60392], .notFound, .startOver),
        Row([60328, 60616, 60624, 60626], .tooManyUserRequests, .backOff), Row(Array(60361...60389), .other, .never),
        Row(Array(60500...60518) + Array(60520...60550), .unreachable, .otherChannel),
        Row([60519], .unreachable, .backOff),
        Row(Array(60606...60615) + Array(60617...60622), .other, .never),
    ]

    @Test(arguments: rows) func `Each row means what Twilio's list says`(row: Row) {
        for code in row.codes {
            #expect(ErrorCatalog.entry(for: code)?.meaning == row.meaning, "\(code)")
            #expect(ErrorCatalog.entry(for: code)?.retry == row.retry, "\(code)")
        }
    }

    @Test func `Each code is named once, and no other`() {
        let named = Self.rows.flatMap(\.codes)
        #expect(Set(named).count == named.count)
        #expect(named.sorted() == ErrorCatalog.codes)
    }

    @Test func `No two rows name one code`() {
        let named = ErrorCatalog.rows.flatMap { $0.codes.joined() }
        #expect(Dictionary(grouping: named) { $0 }.filter { $0.value.count > 1 }.keys.sorted() == [])
    }

    @Test func `Whoever runs the site is told what nobody else can mend`() {
        for code in ErrorCatalog.codes {
            guard let entry = ErrorCatalog.entry(for: code) else { continue }
            switch entry.meaning {
            case .credentials, .channelDisabled, .serviceMissing, .providerFault, .rateLimited, .fraudGuard,
                .countryNotAllowed:
                #expect(!entry.advice.isEmpty, "\(code)")
            default: break
            }
            #expect(entry.advice.isEmpty || entry.advice.hasSuffix("."), "\(code)")
        }
        #expect(ErrorCatalog.entry(for: 20003)?.advice.hasPrefix("Page") == true)
    }

    @Test(arguments: [0, -1, 1, 20000, 60199, 60551, 99999, Int.max, Int.min]) func `Other codes are unknown`(code: Int)
    {
        #expect(ErrorCatalog.entry(for: code) == nil)
        #expect(ErrorCatalog.meaning(code: code, message: nil, httpStatus: 400) == .other)
    }
}
