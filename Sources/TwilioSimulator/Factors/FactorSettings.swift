import Web

/// How a factor's codes are made and checked.
struct FactorSettings: Sendable, Equatable {
    var algorithm = OneTimePassword.Algorithm.sha1
    /// How many steps to either side of now a code is taken for, 0 to 2.
    var skew = 1
    /// Digits of a code, 3 to 8.
    var codeLength = 6
    /// Seconds that a code lasts, 20 to 60.
    var timeStep = 30

    init() {}

    /// What the service has been set to; Twilio's defaults where it has not.
    init(of service: SimulatedService) {
        skew = service.number("Totp.Skew") ?? skew
        codeLength = service.number("Totp.CodeLength") ?? codeLength
        timeStep = service.number("Totp.TimeStep") ?? timeStep
    }

    /// Takes over the parameters that are there.
    mutating func apply(_ form: FormFields) throws(APIFailure) {
        skew = try form.number("Config.Skew", 0...2, or: APIFailure.invalidRequest("Config.Skew")) ?? skew
        codeLength =
            try form.number("Config.CodeLength", 3...8, or: APIFailure.invalidRequest("Config.CodeLength"))
            ?? codeLength
        timeStep =
            try form.number("Config.TimeStep", 20...60, or: APIFailure.invalidRequest("Config.TimeStep")) ?? timeStep
        guard let word = form["Config.Alg"] else { return }
        guard let named = OneTimePassword.Algorithm(rawValue: word.lowercased()) else {
            throw .invalidRequest("Config.Alg")
        }
        algorithm = named
    }
}

/// What Twilio does with codes where its documents leave it open or have changed.
struct CodeRules: Sendable, Equatable {
    /// A code, and all before it, counts once per factor.
    ///
    /// No source says that Twilio does so.
    var refuseReplay = false
    /// A wrong code is an error (60311, 60324), as before October 2021, instead of an answer that says `unverified` or
    /// `pending`.
    ///
    /// The try counts either way.
    var refuseWrong = false
}
