/// Telephone numbers that make the simulator misbehave on purpose: `+150055` and the five digits of the error that is
/// wanted when a code is to be sent, `+150056` and those of the error of its check.
///
/// Twilio Verify has no such numbers; these are ours, in a range that nobody has.
///
/// `+15005560410` is refused with 60410, `+15005530003` is accepted and its text ends with the delivery error 30003,
/// `+15005500486` is accepted and its call finds the line busy, `+15005660202` gets its text and has every check refused
/// with 60202. ``ScriptedErrors`` lists the codes; any other number behaves.
enum ScriptedNumbers {
    static let prefix = "+150055"
    static let checkPrefix = "+150056"

    /// The number that causes an error when a code is to be sent, or checked.
    static func number(for code: Int, prefix: String = Self.prefix) -> String {
        prefix + String(code + 100_000).dropFirst()
    }

    /// The error that checking a code of `to` gives; `nil` for a number that behaves.
    static func checkFailure(to: String) -> APIFailure? {
        code(of: to, prefix: checkPrefix).flatMap(ScriptedErrors.failure)
    }

    /// The error that starting a verification for `to` gives; `nil` for a number that behaves.
    static func failure(to: String, channel: String, riskCheck: Bool) -> APIFailure? {
        guard let code = code(of: to), let refusal = ScriptedErrors.refusal(code) else { return nil }
        switch refusal.condition {
        case .textsOnly where channel != "sms", .callsOnly where channel != "call": return nil
        case .riskCheck where !riskCheck: return nil
        case .always, .textsOnly, .callsOnly, .riskCheck: return ScriptedErrors.failure(code)
        }
    }

    /// Why a message to `to` does not arrive: Twilio's error for a text, the call's status for a call; `nil` when it
    /// does.
    static func undelivered(to: String, channel: String) -> String? {
        guard let code = code(of: to) else { return nil }
        if channel == "call" { return ScriptedErrors.callStatuses[code] }
        return ScriptedErrors.deliveryErrors[code] == nil ? nil : String(code)
    }

    static func isLandline(_ number: String) -> Bool { code(of: number) == 60205 || code(of: number) == 30006 }

    /// The scripted range belongs to no area; it counts as the United States.
    static func region(of number: String) -> String? {
        number.hasPrefix(prefix) || number.hasPrefix(checkPrefix) ? "US" : nil
    }

    private static func code(of number: String, prefix: String = Self.prefix) -> Int? {
        guard number.hasPrefix(prefix), number.utf8.count == prefix.utf8.count + 5 else { return nil }
        return Int(number.dropFirst(prefix.count))
    }
}
