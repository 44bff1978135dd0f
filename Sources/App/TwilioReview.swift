import TwilioVerify

/// One line of `twilio check`.
public struct TwilioFinding: Sendable, Equatable, Encodable {
    /// How good it is.
    public enum State: String, Sendable, Encodable {
        case ok, warning, wrong
        /// The API cannot tell. Never a pass.
        case confirm = "confirm_in_console"
    }

    /// What it is about, stable: `code_length`.
    public var topic: String
    /// How good it is.
    public var state: State
    /// How it is, and what to do about it.
    public var text: String

    /// What counts for all of them together: what is to be confirmed is not yet `ok`.
    public static func worst(of findings: [TwilioFinding]) -> State {
        let order: [State] = [.wrong, .warning, .confirm]
        return order.first { state in findings.contains { $0.state == state } } ?? .ok
    }
}

/// Compares a service with what the site needs.
///
/// Pure; nothing that the API does not tell is ever `ok`.
struct TwilioReview {
    /// What Twilio showed; `nil` when the account has no such service.
    var service: Service?
    /// The configured SIDs.
    var serviceSID: String
    var accountSID: String
    var usesAPIKey: Bool
    /// The setting `twilio.code_minutes`.
    var codeMinutes: Int
    /// Twilio's words for the channels that codes go by.
    var channels = TwilioConsole.usedChannels

    var findings: [TwilioFinding] {
        let access = [
            TwilioFinding(topic: "credentials", state: .ok, text: "Twilio takes them"),
            line("api_key", usesAPIKey, "an API key is used", .warning, Self.keyAdvice),
        ]
        guard let service else {
            let text = "the account has no service \(serviceSID): correct site.2FA_VERIFY_SERVICESID"
            return access + [TwilioFinding(topic: "service", state: .wrong, text: text)]
        }
        return access + [owner(service)] + messages(service.settings) + calls(service.settings)
            + authenticators(service.settings) + others(service.settings) + console
    }

    private static let keyAdvice =
        "the account's own token is used: make an API key and set site.2FA_VERIFY_APIKEYSID and site.2FA_VERIFY_APIKEYSECRET"

    private func owner(_ service: Service) -> TwilioFinding {
        guard service.accountSID == accountSID else {
            return TwilioFinding(
                topic: "service", state: .wrong,
                text: "\(service.sid) belongs to \(service.accountSID ?? "an account that Twilio does not name"), "
                    + "not to \(accountSID): correct site.2FA_VERIFY_ACCOUNTSID")
        }
        return TwilioFinding(topic: "service", state: .ok, text: "\(service.sid) exists")
    }

    private func messages(_ settings: ServiceSettings) -> [TwilioFinding] {
        let name = settings.friendlyName ?? ""
        return [
            line(
                "friendly_name", !name.isEmpty, "texts and calls say \"\(name)\"", .wrong,
                "it has no name for texts and calls: twilio setup --name"),
            codeLength(settings.codeLength),
            flag(
                "custom_code_enabled", settings.customCodeEnabled, should: false, "codes are Twilio's own", .wrong,
                "whoever starts a verification may choose its code: twilio setup switches that off"),
            flag(
                "psd2_enabled", settings.psd2Enabled, should: false, "no payment is asked for", .wrong,
                "each code would need an amount and a payee, and calls are refused: twilio setup switches that off"),
            flag(
                "do_not_share_warning_enabled", settings.doNotShareWarningEnabled, should: true,
                "texts warn not to share the code", .warning,
                "texts do not warn that nobody will ask for the code: twilio setup switches that on"),
            lookup(settings),
        ]
    }

    private func codeLength(_ digits: Int?) -> TwilioFinding {
        guard let digits, (4...10).contains(digits) else {
            return TwilioFinding(
                topic: "code_length", state: .wrong, text: "4 to 10 digits are possible: twilio setup --code-length 6")
        }
        return line(
            "code_length", digits >= 6, "\(digits) digits", .warning,
            "\(digits) digits are guessed too easily: twilio setup --code-length 6")
    }

    private func lookup(_ settings: ServiceSettings) -> TwilioFinding {
        let isOn = settings.lookupEnabled ?? false
        return line(
            "lookup", isOn || settings.skipSMSToLandlines != true,
            isOn ? "on: each code pays for one" : "off: none is paid for", .warning,
            "landlines are to be skipped, which needs the lookup: twilio setup --skip-landlines")
    }

    private func calls(_ settings: ServiceSettings) -> [TwilioFinding] {
        [
            flag(
                "dtmf_input_required", settings.dtmfInputRequired, should: true,
                "calls wait for a key before they read the code", .warning,
                "calls read the code to whoever answers, mailboxes too: twilio setup switches the key on")
        ]
    }

    /// Twilio shows null for what was never set; its default holds then.
    private func authenticators(_ settings: ServiceSettings) -> [TwilioFinding] {
        let totp = settings.totp
        let issuer = totp.issuer ?? settings.friendlyName ?? ""
        return [
            line(
                "totp_issuer", !issuer.isEmpty, "apps show \"\(issuer)\"", .warning,
                "apps show no name: twilio setup --totp-issuer"),
            range("totp_time_step", totp.timeStep ?? 30, 20...60, best: 30...30, "s a code", Self.appsDiffer),
            range("totp_code_length", totp.codeLength ?? 6, 3...8, best: 6...6, "digits", Self.appsDiffer),
            range(
                "totp_skew", totp.skew ?? 1, 0...2, best: 0...1, "steps each way",
                "a code counts for longer than it need: twilio setup --totp-skew 1"),
        ]
    }

    private static let appsDiffer = "some apps show the usual 6 digits each 30 s whatever they are told"

    private func others(_ settings: ServiceSettings) -> [TwilioFinding] {
        let push = [settings.pushAPNCredentialSID, settings.pushFCMCredentialSID].contains { !($0 ?? "").isEmpty }
        let sender = [settings.whatsAppMessagingServiceSID, settings.whatsAppFrom].contains { !($0 ?? "").isEmpty }
        return [
            line("push", !push, "unused", .warning, "it has credentials for push, which is not supported here"),
            channels.contains("whatsapp")
                ? line(
                    "whatsapp_sender", sender, "attached", .warning,
                    "no sender is attached, so that no code goes by WhatsApp: attach one in the Console")
                : line(
                    "whatsapp_sender", !sender, "none", .warning,
                    "a sender is attached, so that texts may go by WhatsApp: detach it in the Console"),
        ]
    }

    private var console: [TwilioFinding] {
        let life =
            codeMinutes > 10
            ? TwilioFinding(
                topic: "code_lifetime", state: .warning,
                text: "twilio.code_minutes is \(codeMinutes): over 10, a code that is seen is of use for too long")
            : TwilioFinding(
                topic: "code_lifetime", state: .confirm,
                text: "codes live \(codeMinutes) minutes: 10, unless Twilio's support has set another life")
        return TwilioConsole.steps(for: channels).map { TwilioFinding(topic: $0.topic, state: .confirm, text: $0.text) }
            + [life]
    }

    private func line(
        _ topic: String, _ isGood: Bool, _ good: String, _ state: TwilioFinding.State, _ bad: String
    ) -> TwilioFinding {
        TwilioFinding(topic: topic, state: isGood ? .ok : state, text: isGood ? good : bad)
    }

    private func flag(
        _ topic: String, _ value: Bool?, should wanted: Bool, _ good: String, _ state: TwilioFinding.State,
        _ bad: String
    ) -> TwilioFinding {
        guard let value else {
            return TwilioFinding(topic: topic, state: state, text: "Twilio's answer does not tell")
        }
        return line(topic, value == wanted, good, state, bad)
    }

    private func range(
        _ topic: String, _ value: Int, _ possible: ClosedRange<Int>, best: ClosedRange<Int>, _ unit: String,
        _ advice: String
    ) -> TwilioFinding {
        guard possible.contains(value) else {
            let text = "\(value) \(unit): \(possible.lowerBound) to \(possible.upperBound) are possible"
            return TwilioFinding(topic: topic, state: .wrong, text: text)
        }
        return line(topic, best.contains(value), "\(value) \(unit)", .warning, "\(value) \(unit): \(advice)")
    }
}
