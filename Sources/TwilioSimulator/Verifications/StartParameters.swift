import Basics
import FoundationEssentials
import Glibc
import Web

/// The parameters of a start, checked as Twilio describes them.
/// https://www.twilio.com/docs/verify/api/verification
///
/// In which order Twilio checks them is not known.
struct StartParameters: Sendable {
    var to: String
    var channel: String
    var locale: String?
    var customCode: String?
    var amount: String?
    var payee: String?
    /// Off with `RiskCheck=disable`, which counts for texts only.
    var riskCheck: Bool

    init(_ form: FormFields, service: SimulatedService) throws(APIFailure) {
        // The channel first: an address is no number, and e-mail is refused for a reason of its own.
        channel = try Self.channel(form, service)
        guard let to = form["To"], E164(to) != nil else { throw .invalid("To") }
        self.to = to
        locale = try Self.locale(form, service)
        (amount, payee) = try Self.transaction(form, channel, service)
        riskCheck = try Self.word(form, "RiskCheck", ["enable", "disable"]) != "disable" || channel != "sms"
        customCode = try Self.customCode(form, service)
        try Self.checkExtras(form, channel)
    }

    /// The channel asked for, if this service can use it.
    private static func channel(_ form: FormFields, _ service: SimulatedService) throws(APIFailure) -> String {
        guard let channel = try word(form, "Channel", ["sms", "call", "email", "whatsapp"]) else {
            throw .invalid("Channel")
        }
        if service.disabledChannels.contains(channel) { throw .channelDisabled }
        if channel == "email" { throw .noEmail }
        if channel == "whatsapp", service.settings["Whatsapp.MsgServiceSid"] == nil { throw .noWhatsAppSender }
        return channel
    }

    /// A language that there is not is answered like a resource that there is not.
    /// https://www.twilio.com/docs/verify/supported-languages
    private static func locale(_ form: FormFields, _ service: SimulatedService) throws(APIFailure) -> String? {
        guard let locale = form["Locale"] else { return nil }
        guard languages.contains(locale) else { throw .notFound("/Services/\(service.sid)/Verifications") }
        return locale
    }

    private static let languages = Set(
        """
        af ar ca zh zh-CN zh-HK hr cs da nl en en-GB et fi fr de el he hi hu id it ja kn ko lt ms mr nb pl pt pt-BR ro ru \
        sk es sv tl te th tr uk vi
        """.split(separator: " ").map(String.init))

    /// A service that confirms payments (PSD2) needs both fields on every start, and calls nobody.
    private static func transaction(
        _ form: FormFields, _ channel: String, _ service: SimulatedService
    ) throws(APIFailure) -> (String?, String?) {
        guard service.flag("Psd2Enabled") else { return (form["Amount"], form["Payee"]) }
        if channel == "call" { throw .noCallForPayments }
        guard let amount = form["Amount"], let payee = form["Payee"] else { throw .noTransaction }
        return (amount, payee)
    }

    /// Sources disagree on custom codes for a service without the feature; Twilio's error dictionary (60204) wins.
    private static func customCode(_ form: FormFields, _ service: SimulatedService) throws(APIFailure) -> String? {
        if form["CustomFriendlyName"] != nil { throw .featureOff("CustomFriendlyName") }
        guard let code = form["CustomCode"] else { return nil }
        guard service.flag("CustomCodeEnabled") else { throw .featureOff("CustomCode") }
        guard (4...10).contains(code.count) else { throw .invalid("CustomCode") }
        return code
    }

    /// What changes nothing here but can be wrong.
    private static func checkExtras(_ form: FormFields, _ channel: String) throws(APIFailure) {
        if form["AppHash"] != nil, channel != "sms" { throw .appHashOffSMS }
        if let sid = form["TemplateSid"], !SID.isValid(sid, prefix: "HJ") { throw .invalid("TemplateSid") }
        if let digits = form["SendDigits"], !digits.allSatisfy({ "0123456789wW#*".contains($0) }) {
            throw .invalid("SendDigits")
        }
        if let address = form["DeviceIp"], !isAddress(address) { throw .invalid("DeviceIp") }
        for name in ["RateLimits", "ChannelConfiguration", "TemplateCustomSubstitutions"] {
            if let text = form[name], object(text, of: Anything.self) == nil { throw .invalid(name) }
        }
        if let text = form["Tags"] {
            let tags = object(text, of: String.self)
            guard let tags, tags.count <= 10, tags.allSatisfy({ $0.key.count <= 128 && $0.value.count <= 128 })
            else { throw .invalid("Tags") }
        }
    }

    private static func word(_ form: FormFields, _ name: String, _ words: [String]) throws(APIFailure) -> String? {
        guard let word = form[name]?.lowercased() else { return nil }
        guard words.contains(word) else { throw .invalid(name) }
        return word
    }

    /// Some parameters are JSON objects as text.
    private static func object<Value: Decodable>(_ text: String, of type: Value.Type) -> [String: Value]? {
        try? JSONDecoder().decode([String: Value].self, from: Data(text.utf8))
    }

    private struct Anything: Decodable {
        init(from decoder: any Decoder) {}
    }

    private static func isAddress(_ text: String) -> Bool {
        var buffer = in6_addr()
        return inet_pton(AF_INET, text, &buffer) == 1 || inet_pton(AF_INET6, text, &buffer) == 1
    }
}
