import Basics

/// A Verify service: a brand and its settings.
struct SimulatedService: Sendable, Equatable {
    let sid: String
    var friendlyName: String
    var codeLength = 6
    /// The other settings, by the names of their request parameters; those never set are absent.
    var settings: [String: String] = [:]
    /// Channels switched off in what would be Twilio's Console; no API parameter changes them.
    var disabledChannels: Set<String> = []
    let created: Timestamp
    var updated: Timestamp

    func flag(_ parameter: String, default value: Bool = false) -> Bool {
        settings[parameter].map { $0 == "true" } ?? value
    }

    /// Takes over the parameters that are there, leaves the others, as Twilio's update does.
    mutating func apply(_ form: FormFields, now: Timestamp) throws(APIFailure) {
        if let name = form["FriendlyName"] {
            guard Self.isAcceptable(name) else { throw .invalid("FriendlyName") }
            friendlyName = name
        }
        if let text = form["CodeLength"] {
            guard let length = Int(text), (4...10).contains(length) else { throw .invalid("CodeLength") }
            codeLength = length
        }
        for pair in form.pairs where Self.flags.contains(pair.name) {
            guard ["true", "false"].contains(pair.value.lowercased()) else { throw .invalid(pair.name) }
            settings[pair.name] = pair.value.lowercased()
        }
        for pair in form.pairs where Self.texts.contains(pair.name) {
            settings[pair.name] = pair.value.isEmpty ? nil : pair.value
        }
        updated = now
    }

    /// Twilio's rule for names: at most 30 characters, letters, digits, spaces, dashes, underscores, at most 4 digits.
    private static func isAcceptable(_ name: String) -> Bool {
        name.count <= 30 && name.allSatisfy { $0.isLetter || $0.isNumber || " -_".contains($0) }
            && name.filter(\.isNumber).count <= 4
    }

    private static let flags: Set<String> = [
        "LookupEnabled", "SkipSmsToLandlines", "DtmfInputRequired", "Psd2Enabled", "DoNotShareWarningEnabled",
        "CustomCodeEnabled", "VerifyEventSubscriptionEnabled", "Push.IncludeDate",
    ]

    private static let texts: Set<String> = [
        "TtsName", "DefaultTemplateSid", "Whatsapp.MsgServiceSid", "Whatsapp.From", "Totp.Issuer",
        "Push.ApnCredentialSid", "Push.FcmCredentialSid",
    ]
}
