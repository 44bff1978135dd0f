/// Those of Twilio's codes that are no refusals are not here: 60325, 60327, 60333 to 60335 and 60409 are lines in Twilio's
/// log about a text that went out.
extension ScriptedErrors {
    static let account = [
        Refusal(20001, 400, "Unknown parameters"), Refusal(20003, 401, "Authenticate"),
        Refusal(20005, 403, "Account not active"), Refusal(20006, 403, "Access denied"),
        Refusal(20008, 403, "Resource not accessible with test credentials"), Refusal(20403, 403, "Forbidden"),
        Refusal(20404, 404, "The requested resource was not found"), Refusal(20409, 409, "Conflict"),
        Refusal(20429, 429, "Too many requests"), Refusal(20500, 500, "Internal Server Error"),
        Refusal(20503, 503, "Service unavailable"), Refusal(25109, 429, "Request is rate limited"),
    ]

    static let number = [
        Refusal(21211, 400, "Invalid 'To' phone number"),
        Refusal(21215, 403, "Calls to this country are not enabled", .callsOnly),
        Refusal(21216, 403, "Call blocked by Twilio", .callsOnly),
        Refusal(21408, 400, "Permission to send an SMS has not been enabled for the region", .textsOnly),
        Refusal(21608, 400, "The number is unverified: a trial account cannot reach it"),
        Refusal(21610, 400, "Recipient has opted out", .textsOnly),
        Refusal(21612, 400, "The 'To' phone number is not currently reachable via SMS", .textsOnly),
        Refusal(21614, 400, "'To' number is not a valid mobile number", .textsOnly),
        Refusal(60205, 403, "SMS is not supported by landline phone number", .textsOnly),
        Refusal(60220, 400, "Verification to this country needs vetting"),
        Refusal(60226, 400, "Verification to this country needs a friendly name"),
        Refusal(60410, 403, "Verification delivery attempt blocked", .riskCheck),
        Refusal(60605, 403, "Destination blocked by geographic permissions", .riskCheck),
    ]

    static let verification = [
        Refusal(60001, 400, "Downstream authentication failed"), Refusal(60200, 400, "Invalid parameter: To"),
        Refusal(60202, 429, "Max check attempts reached"), Refusal(60203, 429, "Max send attempts reached"),
        Refusal(60204, 403, "Service does not support this feature"),
        Refusal(60206, 400, "Amount and Payee are required"),
        Refusal(60212, 429, "Too many concurrent requests for phone number"),
        Refusal(60214, 400, "Call channel is not available for a PSD2 service"),
        Refusal(60221, 400, "Either a 'To' number or 'VerificationSid' must be given"),
        Refusal(60223, 400, "Delivery channel is disabled"), Refusal(60238, 403, "Verification creation blocked"),
        Refusal(60329, 400, "Silent network authentication is not available for a PSD2 service"),
        Refusal(60331, 400, "Locale is not supported by text-to-speech", .callsOnly),
        Refusal(60408, 400, "A template is not available for this channel"),
        Refusal(60411, 409, "Number is on the safe list already"),
        Refusal(60412, 403, "Verification blocked as fraudulent sign-up"),
        Refusal(60413, 403, "Verification blocked by device risk"), Refusal(60431, 404, "Verification not found"),
        Refusal(60436, 400, "Recipient invalid or not provided"),
        Refusal(60500...60550, 400, "Silent network or automatic channel failed"),
        Refusal(60602, 400, "AppHash is for the SMS channel only"), Refusal(60623, 404, "Verification not found"),
        Refusal(60728, 429, "Hourly limit reached"),
    ]

    static let setUp = [
        Refusal(60201, 400, "The template's translation is not approved"),
        Refusal(60207, 400, "Max rate limits per service reached"),
        Refusal(60208, 400, "A rate limit of that name exists"),
        Refusal(60209, 400, "The rate limit's name is not acceptable"),
        Refusal(60210, 400, "Max buckets per rate limit reached"),
        Refusal(60211, 400, "A bucket with that interval exists"),
        Refusal(60213, 400, "A messaging configuration for that country exists"),
        Refusal(60215, 400, "Max mailers reached"), Refusal(60217, 400, "Mailer is not configured for this service"),
        Refusal(60218, 400, "The mailer's template is not active"),
        Refusal(60219, 400, "The mailer's template lacks a placeholder"),
        Refusal(60222, 403, "The mailer's sender is not verified"),
        Refusal(60224, 400, "Substitutions are missing for the template"),
        Refusal(60225, 409, "The template has that translation"),
        Refusal(60227, 400, "The template does not support the channel"), Refusal(60228, 400, "Template not found"),
        Refusal(60229, 400, "The template's translation was not found"),
        Refusal(60242, 400, "WhatsApp template is not configured"),
        Refusal(60245, 429, "The mailer's quota is used up"),
        Refusal(60246, 409, "Service already exists"), Refusal(60247, 400, "The message is too long"),
        Refusal(60248, 400, "FriendlyName contains a restricted word"),
        Refusal(60253, 400, "The email settings are incomplete"), Refusal(60603, 401, "The mailer's credit is used up"),
        Refusal(60604, 401, "The mailer's key may not send"), Refusal(68008, 400, "WhatsApp channel is not configured"),
    ]

    static let lookup = [
        Refusal(60606...60615, 400, "Lookup failed"), Refusal(60616, 429, "Lookup rate limit"),
        Refusal(60617...60622, 400, "Lookup failed"), Refusal(60624, 429, "Maximum rate limit for trial accounts"),
        Refusal(60625, 400, "Number is cancelled"), Refusal(60626, 429, "Number rate limit"),
    ]

    /// Of entities, factors and challenges.
    static let authenticator = [
        Refusal(60300, 400, "Invalid parameter"), Refusal(60301, 409, "Entity already exists"),
        Refusal(60302, 400, "Factor type is not acceptable"),
        Refusal(60305, 400, "Token parameters are not acceptable"),
        Refusal(60306, 400, "Invalid request"), Refusal(60307, 400, "No notification without a platform"),
        Refusal(60308, 429, "Challenge verification attempts limit reached"),
        Refusal(60309, 429, "Notifications limit reached for the challenge"),
        Refusal(60310, 429, "Factor verification attempts limit reached"),
        Refusal(60311, 403, "Factor verification failed"), Refusal(60312, 429, "Challenge creation limit reached"),
        Refusal(60313, 403, "Unauthorized factor creation"), Refusal(60314, 400, "Factor binding is not acceptable"),
        Refusal(60315, 400, "Factors limit of the entity reached"), Refusal(60317, 409, "Factor already exists"),
        Refusal(60318, 403, "Factor is unverified"), Refusal(60322, 403, "Challenge already responded"),
        Refusal(60323, 403, "Challenge expired"), Refusal(60324, 403, "Challenge verification failed"),
        Refusal(60326, 429, "Too many requests to create factors for the entity"),
        Refusal(60328, 429, "Too many requests to create entities"), Refusal(60330, 400, "Webhook failed"),
        Refusal(60361...60389, 400, "Invalid request"), Refusal(60390, 404, "Factor not found"),
        Refusal(60391, 404, "Challenge not found"), Refusal(60392, 404, "Entity not found"),
    ]
}
