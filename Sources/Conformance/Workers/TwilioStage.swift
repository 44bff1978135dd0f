/// What stands in Twilio's place while workers are judged, and what can be done to it.
package protocol TwilioStage: Sendable {
    /// The codes of the messages that went to a number, oldest first.
    func codes(to number: String) async throws -> [String]

    /// Has every call of that kind fare so; `nil` ends it.
    func order(_ trouble: TwilioTrouble?, at call: TwilioCall) async throws

    /// Adds an account to a person's authenticator app by its `otpauth` link.
    func scan(_ link: String) async throws

    /// What the app shows for the account with this label.
    func appCode(of label: String) async throws -> String?
}

/// What goes wrong at Twilio.
package enum TwilioTrouble: Sendable, Equatable {
    /// It answers that it cannot, and does nothing.
    case away
    /// It does what is asked, and the answer is lost.
    case answerLost
    /// It does what is asked, and answers seconds later.
    case slow(seconds: Int)
}

/// The calls that trouble is made at.
package enum TwilioCall: CaseIterable, Sendable {
    case send, check
}
