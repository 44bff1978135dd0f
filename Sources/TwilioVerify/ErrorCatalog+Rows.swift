extension ErrorCatalog {
    struct Row {
        var codes: [ClosedRange<Int>]
        var meaning: TwilioMeaning
        var retry: Retry
        var advice: String

        init(_ codes: [ClosedRange<Int>], _ meaning: TwilioMeaning, _ retry: Retry, _ advice: String = "") {
            self.codes = codes
            self.meaning = meaning
            self.retry = retry
            self.advice = advice
        }
    }

    static var rows: [Row] { accountRows + deliveryRows + verificationRows + setUpRows + factorRows + lookupRows }

    private static func only(_ codes: Int...) -> [ClosedRange<Int>] { codes.map { $0...$0 } }

    private static let accountRows: [Row] = [
        Row(only(20001), .other, .never, "Alert: this client sent a parameter Twilio does not know."),
        Row(
            only(20003), .credentials, .never,
            "Page: key or token refused; check rotation, suspension and the credential's region."),
        Row(only(20005, 20006, 20403), .credentials, .never, "Page: the account is inactive or lacks access."),
        Row(only(20008), .credentials, .never, "Alert: test credentials cannot send."),
        Row(only(20404), .notFound, .startOver, "Alert only if the Verify service itself is missing."),
        Row(only(20409), .other, .backOff, "Log."),
        Row(only(20429, 25109), .rateLimited, .backOff, "Alert on rate: too many requests at once."),
        Row(only(20500, 20503), .providerFault, .backOff, "Alert on rate: Twilio is at fault or down."),
    ]

    private static let deliveryRows: [Row] = [
        Row(only(21211), .invalidTo, .whenCorrected),
        Row(only(21215), .countryNotAllowed, .never, "Alert: Voice geo permissions exclude this country."),
        Row(
            only(21216), .fraudGuard, .never,
            "Alert: Twilio's block list has the number, or the account lacks a customer profile."),
        Row(only(21408), .countryNotAllowed, .never, "Alert: Messaging geo permissions exclude this country."),
        Row(only(21608), .other, .never, "Alert: a trial account reaches verified numbers only; upgrade it."),
        Row(only(21610), .optedOut, .never, "Log: the recipient must send START, or take a call."),
        Row(only(21612, 21614), .unreachable, .whenCorrected),
        Row(only(30003, 30005, 30006, 30008, 30022), .unreachable, .otherChannel, "Alert on rate."),
        Row(only(30007), .unreachable, .otherChannel, "Investigate: carriers filter our messages."),
        Row(only(30450), .fraudGuard, .afterWindow, "Alert: a block against message pumping, 15 to 30 minutes."),
        Row(only(60242, 68008), .channelDisabled, .otherChannel, "Alert: WhatsApp is not set up."),
        Row(
            only(60519), .unreachable, .backOff, "Log: silent network authentication has not finished."),
        Row(
            [60500...60518, 60520...60550], .unreachable, .otherChannel,
            "Log: silent network or automatic channel failed."),
    ]

    private static let verificationRows: [Row] = [
        Row(only(60001), .channelDisabled, .otherChannel, "Check the entitlement to silent network authentication."),
        Row(only(60200), .other, .whenCorrected, "Alert unless the message names To."),
        Row(only(60202), .maxChecks, .afterWindow, "Count: many of these are guessing."),
        Row(only(60203), .maxSends, .afterWindow, "Count."),
        Row(only(60204), .serviceMissing, .never, "Alert: a feature in use is switched off for the service."),
        Row(only(60205), .landline, .whenCorrected),
        Row(only(60212), .concurrent, .backOff, "Count."),
        Row(only(60221), .other, .never, "Alert: this client named neither number nor verification."),
        Row(only(60223), .channelDisabled, .otherChannel, "Alert: the channel is off in the Console."),
        Row(only(60238), .fraudGuard, .never, "Page: Twilio blocks verifications; contact its support."),
        Row(
            only(60410), .fraudGuard, .never,
            "Alert: Fraud Guard blocks the prefix for 12 hours; use the safe list after a review."),
        Row(
            only(60331), .localeNotSupported, .whenCorrected, "Log: no voice for that language; asked again without it."
        ),
        Row(only(60411), .other, .alreadyDone),
        Row(only(60412, 60413), .fraudGuard, .never, "Alert on rate: sign-up or device judged risky."),
        Row(only(60436), .invalidTo, .whenCorrected),
        Row(only(60431, 60623), .notFound, .startOver),
        Row(only(60605), .countryNotAllowed, .never, "Alert on rate: Verify geo permissions exclude this country."),
        Row(only(60728), .tooManyUserRequests, .afterWindow, "Page: the hourly limit is reached; see Twilio's ticket."),
    ]

    private static let setUpRows: [Row] = [
        Row(only(60220, 60226), .countryNotAllowed, .never, "Alert: China needs vetting and a friendly name."),
        Row(
            [60201...60201, 60224...60225, 60227...60229], .other, .never,
            "Alert: a template or its translation is wrong."),
        Row(only(60206, 60214, 60329), .other, .never, "Alert: the call does not fit PSD2, or lacks its fields."),
        Row(only(60207, 60208, 60209, 60210, 60211, 60213), .other, .never, "Correct the rate limit's set-up."),
        Row(only(60215, 60217, 60218, 60219, 60222), .channelDisabled, .never, "Alert: email is not set up."),
        Row(only(60245, 60603, 60604), .channelDisabled, .never, "Alert: SendGrid's quota, credit or key rights."),
        Row(only(60246, 60247, 60248, 60253), .other, .never, "Correct the service's set-up."),
        Row(only(60325, 60327, 60409), .other, .alreadyDone, "Log: a warning about a template or brand."),
        Row([60333...60335], .other, .alreadyDone, "Log: a warning about a template or brand."),
        Row(only(60408, 60602), .other, .never, "Alert: this client used an option on the wrong channel."),
    ]

    private static let factorRows: [Row] = [
        Row(only(60300, 60306), .wrongCode, .whenCorrected, "Alert unless the code's length was wrong."),
        Row(only(60301, 60317), .alreadyExists, .alreadyDone),
        Row(only(60302, 60305, 60314), .other, .never, "Log: the factor or binding is not acceptable."),
        Row(only(60315), .factorLimit, .whenCorrected, "Log: old factors of the entity must be deleted."),
        Row(only(60307, 60309, 60330), .other, .never, "Log: push only, or a webhook failed."),
        Row(only(60308), .challengeTriesUsedUp, .startOver, "Count: many of these are guessing."),
        Row(only(60310), .factorTriesUsedUp, .startOver, "Count: many of these are guessing."),
        Row(only(60312), .challengeLimit, .afterWindow, "Count: 50 an hour or 100 a day for one factor."),
        Row(only(60326), .tooManyUserRequests, .afterWindow, "Count: 100 factors a day for one entity."),
        Row(only(60311, 60324), .wrongCode, .whenCorrected),
        Row(only(60313), .credentials, .never, "Alert: not entitled to create factors."),
        Row(only(60318), .factorUnusable, .startOver),
        Row(only(60322, 60323), .challengeOver, .startOver),
        Row(only(60328), .tooManyUserRequests, .backOff, "Alert: entities are created too fast."),
        Row([60390...60392], .notFound, .startOver, "Log: entity, factor or challenge is gone."),
        Row([60361...60389], .other, .never, "Log: passkey request not acceptable."),
    ]

    private static let lookupRows: [Row] = [
        Row(only(60616, 60624, 60626), .tooManyUserRequests, .backOff, "Log: Lookup's limit."),
        Row(only(60625), .unreachable, .whenCorrected, "Log: the number is out of service."),
        Row([60606...60615, 60617...60622], .other, .never, "Log: Lookup failed."),
    ]
}
