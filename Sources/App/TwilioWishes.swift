import TwilioVerify

/// What `twilio setup` is asked for; `nil` leaves an existing service as it is, and a new one at the default.
public struct TwilioWishes: Sendable, Equatable {
    /// See ``ServiceSettings/friendlyName``.
    public var friendlyName: String?
    /// 4 to 10; 6 by default.
    ///
    /// With 4 or 5 `twilio check` warns.
    public var codeLength: Int?
    /// Off by default, for each Lookup costs.
    public var lookup: Bool?
    /// Brings the lookup along, which it needs.
    public var skipLandlines: Bool?
    /// A call asks for a key before it reads the code.
    public var keyPress = true
    /// Texts say that nobody will ask for the code.
    public var doNotShareWarning = true
    /// The name that apps show beside a code; Twilio shows the service's without.
    public var totpIssuer: String?
    /// Seconds, 20 to 60; 30 by default.
    public var totpTimeStep: Int?
    /// 3 to 8; 6 by default.
    public var totpCodeLength: Int?
    /// 0 to 2; 1 by default.
    public var totpSkew: Int?

    /// What suits most sites; the name is still to be set.
    public init() {}

    /// What Twilio would refuse, in a sentence; `nil` when it is all right.
    public var problem: String? {
        if let friendlyName, !Self.isAcceptable(friendlyName) {
            return "the name may hold 1 to 30 letters, digits, spaces, dashes and underscores, with at most 4 digits"
        }
        if let codeLength, !(4...10).contains(codeLength) { return "the code length is 4 to 10" }
        if let totpTimeStep, !(20...60).contains(totpTimeStep) { return "the authenticator's period is 20 to 60 s" }
        if let totpCodeLength, !(3...8).contains(totpCodeLength) { return "the authenticator has 3 to 8 digits" }
        if let totpSkew, !(0...2).contains(totpSkew) { return "the authenticator's skew is 0 to 2" }
        if let totpIssuer, totpIssuer.isEmpty { return "the authenticator's issuer may not be empty" }
        if skipLandlines == true, lookup == false { return "landlines are known by a lookup only: leave it on" }
        return nil
    }

    private static func isAcceptable(_ name: String) -> Bool {
        (1...30).contains(name.count) && name.allSatisfy { $0.isLetter || $0.isNumber || " -_".contains($0) }
            && name.filter(\.isNumber).count <= 4 && name.contains { $0 != " " }
    }

    /// As settings.
    ///
    /// For a new service every one is said, so that it does not depend on Twilio's defaults.
    func settings(isNew: Bool) -> ServiceSettings {
        var settings = ServiceSettings()
        settings.friendlyName = friendlyName
        settings.codeLength = codeLength ?? (isNew ? 6 : nil)
        settings.lookupEnabled = lookup ?? (skipLandlines == true ? true : isNew ? false : nil)
        settings.skipSMSToLandlines = skipLandlines ?? (isNew ? false : nil)
        settings.dtmfInputRequired = keyPress
        settings.doNotShareWarningEnabled = doNotShareWarning
        // Whoever may choose codes need not receive them; and payments would be asked for at each start.
        settings.customCodeEnabled = false
        settings.psd2Enabled = false
        settings.totp = TOTPSettings(
            issuer: totpIssuer ?? (isNew ? friendlyName : nil), timeStep: totpTimeStep ?? (isNew ? 30 : nil),
            codeLength: totpCodeLength ?? (isNew ? 6 : nil), skew: totpSkew ?? (isNew ? 1 : nil))
        return settings
    }
}
