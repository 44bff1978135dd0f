import Basics
import Web

/// The filters of `/v2/Attempts` and `/v2/Attempts/Summary`; absent ones let everything pass.
struct AttemptsQuery: Sendable, Equatable {
    /// Both ends belong to the range, at the resolution of the answers: seconds.
    var createdAfter: Timestamp?
    var createdBefore: Timestamp?
    var to: String?
    /// The beginning of a number, with its `+`.
    var prefix: String?
    /// ISO 3166-1 alpha-2.
    var country: String?
    var channel: String?
    var serviceSID: String?
    var verificationSID: String?
    var converted: Bool?

    /// The filters of the list.
    init(_ fields: FormFields) throws(APIFailure) {
        try self.init(common: fields)
        to = fields["ChannelData.To"]
        verificationSID = try Self.sid(fields, "VerificationSid", "VE")
        switch fields["Status"]?.lowercased() {
        case nil: converted = nil
        case "converted": converted = true
        case "unconverted": converted = false
        default: throw .invalid("Status")
        }
    }

    /// The filters of the summary.
    init(summary fields: FormFields) throws(APIFailure) {
        try self.init(common: fields)
        prefix = fields["DestinationPrefix"].map { $0.hasPrefix("+") ? $0 : "+" + $0.filter { $0 != " " } }
    }

    private init(common fields: FormFields) throws(APIFailure) {
        createdAfter = try Self.time(fields, "DateCreatedAfter")
        createdBefore = try Self.time(fields, "DateCreatedBefore")
        country = fields["Country"]?.uppercased()
        channel = fields["Channel"]?.lowercased()
        serviceSID = try Self.sid(fields, "VerifyServiceSid", "VA")
        if let channel, !["sms", "call", "email", "whatsapp", "rbm"].contains(channel) { throw .invalid("Channel") }
        if let country, country.count != 2 { throw .invalid("Country") }
    }

    private static func time(_ fields: FormFields, _ name: String) throws(APIFailure) -> Timestamp? {
        guard let text = fields[name] else { return nil }
        guard let time = Timestamp(rfc3339: text) else { throw .invalid(name) }
        return time
    }

    private static func sid(_ fields: FormFields, _ name: String, _ prefix: String) throws(APIFailure) -> String? {
        guard let text = fields[name] else { return nil }
        guard SID.isValid(text, prefix: prefix) else { throw .invalid(name) }
        return text
    }

    func matches(_ attempt: SimulatedAttempt) -> Bool {
        let created = attempt.created.roundedDown
        if let createdAfter, created < createdAfter.roundedDown { return false }
        if let createdBefore, created > createdBefore { return false }
        if let converted, (attempt.converted != nil) != converted { return false }
        if let prefix, !attempt.to.hasPrefix(prefix) { return false }
        if let country, attempt.country != country { return false }
        return [
            (to, attempt.to), (channel, attempt.channel), (serviceSID, attempt.serviceSID),
            (verificationSID, attempt.verificationSID),
        ].allSatisfy { wanted, actual in wanted == nil || wanted == actual }
    }
}
