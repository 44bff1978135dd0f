import TwilioVerify

/// A setting that changes.
public struct TwilioChange: Sendable, Equatable, Encodable {
    /// In Twilio's words: `code_length`.
    public var setting: String
    /// `nil` for a service that is yet to be made.
    public var from: String?
    /// What it becomes.
    public var to: String
}

/// The way from a service as it is to what is wished.
struct TwilioPlan: Equatable {
    /// What is sent to Twilio.
    private(set) var settings = ServiceSettings()
    private(set) var changes: [TwilioChange] = []

    /// - Parameter existing: `nil` when a service is to be made.
    init(_ wishes: TwilioWishes, existing: ServiceSettings?) {
        let wanted = wishes.settings(isNew: existing == nil)
        for row in Row.all {
            guard let to = row.text(wanted) else { continue }
            let from = existing.map { row.text($0) ?? row.fallback ?? "not told" }
            guard from != to else { continue }
            changes.append(TwilioChange(setting: row.name, from: from, to: to))
            row.copy(wanted, &settings)
        }
    }

    private struct Row {
        var name: String
        /// What holds where Twilio shows nothing.
        var fallback: String?
        var text: (ServiceSettings) -> String?
        var copy: (ServiceSettings, inout ServiceSettings) -> Void

        init<Value: CustomStringConvertible>(
            _ name: String, _ path: WritableKeyPath<ServiceSettings, Value?>, fallback: String? = nil
        ) {
            self.name = name
            self.fallback = fallback
            text = { $0[keyPath: path]?.description }
            copy = { $1[keyPath: path] = $0[keyPath: path] }
        }

        static var all: [Row] {
            [
                Row("friendly_name", \.friendlyName), Row("code_length", \.codeLength),
                Row("lookup_enabled", \.lookupEnabled), Row("skip_sms_to_landlines", \.skipSMSToLandlines),
                Row("dtmf_input_required", \.dtmfInputRequired),
                Row("do_not_share_warning_enabled", \.doNotShareWarningEnabled),
                Row("custom_code_enabled", \.customCodeEnabled), Row("psd2_enabled", \.psd2Enabled),
                Row("totp.issuer", \.totp.issuer), Row("totp.time_step", \.totp.timeStep, fallback: "30"),
                Row("totp.code_length", \.totp.codeLength, fallback: "6"),
                Row("totp.skew", \.totp.skew, fallback: "1"),
            ]
        }
    }
}
