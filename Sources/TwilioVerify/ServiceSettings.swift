/// A Verify service. https://www.twilio.com/docs/verify/api/service
public struct Service: Sendable, Hashable {
    /// `VA…`, always well-formed.
    public var sid: String
    /// `AC…`, whose it is; `nil` when the answer does not tell.
    public var accountSID: String?
    /// As far as Twilio's answer told them.
    public var settings: ServiceSettings
    /// Our clock minus Twilio's, by the answer's `Date` header (whole seconds).
    public var clockOffset: Duration?

    package init(sid: String, accountSID: String? = nil, settings: ServiceSettings) {
        self.sid = sid
        self.accountSID = accountSID
        self.settings = settings
    }
}

/// What a Verify service can be told.
///
/// `nil` leaves a setting as it is, or at Twilio's default for a new service; an empty text takes a setting back.
///
/// What the API cannot switch: channels, Fraud Guard, geographic permissions, a code's lifetime.
public struct ServiceSettings: Sendable, Hashable {
    /// Shown in texts and spoken in calls.
    ///
    /// Up to 30 letters, digits, spaces, dashes and underscores, of which at most four are digits; Twilio refuses some
    /// words (60248).
    public var friendlyName: String?
    /// Digits of a code, 4 to 10; Twilio's default is 6.
    public var codeLength: Int?
    /// Asks for the number's carrier and type at each start, which costs a Lookup.
    ///
    /// Off by default.
    public var lookupEnabled: Bool?
    /// Refuses texts to landlines (60205) instead of paying for them; needs ``lookupEnabled``.
    ///
    /// Off by default.
    public var skipSMSToLandlines: Bool?
    /// A call asks for a key before it reads the code, so that no mailbox records one.
    ///
    /// On by default.
    public var dtmfInputRequired: Bool?
    /// Name of another voice for calls.
    public var ttsName: String?
    /// For payments: every start then needs an amount and a payee, and calls are refused.
    ///
    /// Off by default.
    public var psd2Enabled: Bool?
    /// A text ends with the warning that nobody will ask for the code.
    ///
    /// Off by default.
    public var doNotShareWarningEnabled: Bool?
    /// Whoever starts a verification may choose its code.
    ///
    /// Off by default.
    public var customCodeEnabled: Bool?
    /// `HJ…`, the template of every text.
    public var defaultTemplateSID: String?
    /// What authenticators are made with.
    public var totp = TOTPSettings()
    /// `CR…`, for push factors on iOS.
    public var pushAPNCredentialSID: String?
    /// `CR…`, for push factors on Android.
    public var pushFCMCredentialSID: String?
    /// `MG…`, the messaging service that holds the WhatsApp sender.
    public var whatsAppMessagingServiceSID: String?
    /// The sender, `whatsapp:+…`.
    public var whatsAppFrom: String?
    /// Verifications go to the account's event streams.
    ///
    /// Off by default.
    public var verifyEventSubscriptionEnabled: Bool?

    /// Nothing set: whatever is `nil` is not sent, and stays as it is at Twilio.
    public init() {}
}

/// What holds for authenticator apps.
///
/// Twilio shows `null` for what was never set; its default holds then.
public struct TOTPSettings: Sendable, Hashable {
    /// Shown in the app; the service's friendly name by default.
    public var issuer: String?
    /// Seconds that a code is new for, 20 to 60; 30 by default.
    public var timeStep: Int?
    /// Digits of a code, 3 to 8; 6 by default.
    public var codeLength: Int?
    /// Time steps before and after the present one whose codes count too, 0 to 2; 1 by default.
    public var skew: Int?

    package init(issuer: String? = nil, timeStep: Int? = nil, codeLength: Int? = nil, skew: Int? = nil) {
        self.issuer = issuer
        self.timeStep = timeStep
        self.codeLength = codeLength
        self.skew = skew
    }
}

extension ServiceSettings {
    /// The parameters of a create or update, those that are set.
    var form: [(String, String)] {
        let texts: [(String, String?)] = [
            ("FriendlyName", friendlyName), ("TtsName", ttsName), ("DefaultTemplateSid", defaultTemplateSID),
            ("Totp.Issuer", totp.issuer), ("Push.ApnCredentialSid", pushAPNCredentialSID),
            ("Push.FcmCredentialSid", pushFCMCredentialSID), ("Whatsapp.MsgServiceSid", whatsAppMessagingServiceSID),
            ("Whatsapp.From", whatsAppFrom),
        ]
        let numbers: [(String, Int?)] = [
            ("CodeLength", codeLength), ("Totp.TimeStep", totp.timeStep), ("Totp.CodeLength", totp.codeLength),
            ("Totp.Skew", totp.skew),
        ]
        let flags: [(String, Bool?)] = [
            ("LookupEnabled", lookupEnabled), ("SkipSmsToLandlines", skipSMSToLandlines),
            ("DtmfInputRequired", dtmfInputRequired), ("Psd2Enabled", psd2Enabled),
            ("DoNotShareWarningEnabled", doNotShareWarningEnabled), ("CustomCodeEnabled", customCodeEnabled),
            ("VerifyEventSubscriptionEnabled", verifyEventSubscriptionEnabled),
        ]
        return texts.compactMap { name, value in value.map { (name, $0) } }
            + numbers.compactMap { name, value in value.map { (name, String($0)) } }
            + flags.compactMap { name, value in value.map { (name, $0 ? "true" : "false") } }
    }
}
