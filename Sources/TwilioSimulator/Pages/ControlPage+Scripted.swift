/// What numbers and identities can be made to cause.
extension ControlPage {
    static let numbersText = """
        <p>\(HTML.code(ScriptedNumbers.prefix)) and the five digits of an error make a number that causes it, \
        when a code is to be sent; after \(HTML.code(ScriptedNumbers.checkPrefix)) instead, the code arrives and its check \
        causes it. \(HTML.code(ScriptedIdentities.prefix)), an operation, \(HTML.code("-")) and an error make an identity \
        that causes it there, for example \(HTML.code(ScriptedIdentities.identity(.createChallenge, 60312))); more may \
        follow behind another dash. Twilio Verify has no such numbers. A service whose name holds the word \
        \(HTML.code(ServiceParameters.restrictedWord)) is refused with 60248.</p>
        """

    static let refusals = HTML.table(
        "Refused when a code is to be sent", ["Number", "Answer", "When"],
        ScriptedErrors.refusals.map { refusal in
            let first = ScriptedNumbers.number(for: refusal.codes.lowerBound)
            let last = refusal.codes.count > 1 ? " to " + ScriptedNumbers.number(for: refusal.codes.upperBound) : ""
            let codes = refusal.codes.count > 1 ? "\(refusal.codes.lowerBound) and on" : "\(refusal.codes.lowerBound)"
            return row(first + last, "\(refusal.status), \(codes): \(refusal.message)", refusal.condition.rawValue)
        })

    static let losses = HTML.table(
        "Accepted, and then nobody gets it", ["Number", "Channel", "What /v2/Attempts says"],
        ScriptedErrors.deliveryErrors.sorted { $0.key < $1.key }.map { code, meaning in
            row(ScriptedNumbers.number(for: code), "sms, whatsapp", "error_code \(code): \(meaning)")
        }
            + ScriptedErrors.callStatuses.sorted { $0.key < $1.key }.map { code, status in
                row(ScriptedNumbers.number(for: code), "call", "call_status \(status)")
            })
}
