import Basics

/// A JSON object of which every field may be missing, null or of a wrong type: nothing Twilio sends can make decoding
/// fail for a field nobody needs.
///
/// Of several fields of one name the first counts.
struct LenientObject {
    /// Deeper than any answer of Twilio's.
    private static let maximumDepth = 64

    private let value: JSONDocument.Value

    private init?(_ value: JSONDocument.Value) {
        guard value.kind == .object else { return nil }
        self.value = value
    }

    /// `nil` unless the bytes are a JSON object of at most 256 KiB.
    static func read<Value>(_ body: [UInt8], _ use: (LenientObject) -> Value?) -> Value? {
        guard body.count <= 256 * 1024, let document = try? JSONDocument(body, maximumDepth: maximumDepth) else {
            return nil
        }
        return LenientObject(document.root).flatMap(use)
    }

    func string(_ name: String) -> String? {
        guard let member = value[name], member.kind == .string else { return nil }
        return member.text
    }

    func bool(_ name: String) -> Bool? {
        switch value[name]?.kind {
        case .true: true
        case .false: false
        case .null, .number, .string, .array, .object, nil: nil
        }
    }

    /// A whole number, also one that is written with a fraction of nothing, or as text.
    func int(_ name: String) -> Int? {
        guard let text = value[name]?.text else { return nil }
        return Int(text) ?? (value[name]?.kind == .number ? Double(text).flatMap { Int(exactly: $0) } : nil)
    }

    func time(_ name: String) -> Timestamp? { string(name).flatMap { Timestamp(rfc3339: $0) } }
    func object(_ name: String) -> LenientObject? { value[name].flatMap { LenientObject($0) } }

    /// `nil` unless it is a list of objects alone.
    func objects(_ name: String) -> [LenientObject]? {
        guard let list = value[name], list.kind == .array else { return nil }
        var objects: [LenientObject] = []
        var areAll = true
        list.forEachElement { element in
            if let object = LenientObject(element) { objects.append(object) } else { areAll = false }
        }
        return areAll ? objects : nil
    }

    /// A well-formed SID with this prefix.
    func sid(_ name: String, prefix: String) -> String? {
        string(name).flatMap { TwilioSID.isValid($0, prefix: prefix) ? $0 : nil }
    }
}

/// Twilio's error envelope. https://www.twilio.com/docs/usage/twilios-response
struct ErrorBody {
    var code: Int?
    var message: String?

    init?(_ body: [UInt8]) {
        let read = LenientObject.read(body) { ($0.int("code"), $0.string("message")) }
        guard let read else { return nil }
        (code, message) = read
    }
}

extension Verification {
    /// `nil` unless the object is a verification of this service.
    init?(_ object: LenientObject, serviceSID: String, clock: AnswerClock) {
        guard let sid = object.sid("sid", prefix: "VE"), object.string("service_sid") == serviceSID,
            let status = object.string("status")
        else { return nil }
        self.init(
            sid: sid, to: object.string("to").flatMap { E164($0) },
            channel: object.string("channel")?.lowercased() ?? "", status: VerificationStatus(status),
            valid: object.bool("valid") ?? false, createdAt: clock.time("date_created", of: object),
            updatedAt: clock.time("date_updated", of: object), attempts: Self.attempts(object, clock),
            clockOffset: clock.plausibleOffset)
    }

    private static func attempts(_ object: LenientObject, _ clock: AnswerClock) -> [SendAttempt] {
        (object.objects("send_code_attempts") ?? []).compactMap { attempt in
            attempt.sid("attempt_sid", prefix: "VL").map { SendAttempt(sid: $0, time: clock.time("time", of: attempt)) }
        }
    }
}

extension CheckAnswer {
    /// `nil` unless the object is a check on this service.
    init?(_ object: LenientObject, serviceSID: String) {
        guard let sid = object.sid("sid", prefix: "VE"), object.string("service_sid") == serviceSID,
            let status = object.string("status")
        else { return nil }
        self.init(
            sid: sid, to: object.string("to").flatMap { E164($0) }, status: VerificationStatus(status),
            valid: object.bool("valid") ?? false)
    }
}

extension Attempt {
    /// `nil` unless the object is an attempt.
    init?(_ object: LenientObject, clock: AnswerClock) {
        guard let sid = object.sid("sid", prefix: "VL"), let parent = object.sid("verification_sid", prefix: "VE")
        else { return nil }
        self.init(
            sid: sid, verificationSID: parent, createdAt: clock.time("date_created", of: object),
            updatedAt: clock.time("date_updated", of: object),
            converted: object.string("conversion_status") == "converted",
            clockOffset: clock.plausibleOffset)
        let data = object.object("channel_data")
        status = data?.string("message_status") ?? data?.string("call_status")
        errorCode = data?.int("error_code") ?? data?.string("error_code").flatMap { Int($0) }
    }
}

extension Service {
    /// `nil` unless the object is a service.
    init?(_ object: LenientObject) {
        guard let sid = object.sid("sid", prefix: "VA") else { return nil }
        self.init(
            sid: sid, accountSID: object.sid("account_sid", prefix: "AC"), settings: ServiceSettings(object))
    }
}

extension ServiceSettings {
    /// What an answer tells; what it does not tell, or in another form than it should, stays `nil`.
    init(_ object: LenientObject) {
        friendlyName = object.string("friendly_name")
        codeLength = object.int("code_length")
        lookupEnabled = object.bool("lookup_enabled")
        skipSMSToLandlines = object.bool("skip_sms_to_landlines")
        dtmfInputRequired = object.bool("dtmf_input_required")
        ttsName = object.string("tts_name")
        psd2Enabled = object.bool("psd2_enabled")
        doNotShareWarningEnabled = object.bool("do_not_share_warning_enabled")
        customCodeEnabled = object.bool("custom_code_enabled")
        defaultTemplateSID = object.string("default_template_sid")
        verifyEventSubscriptionEnabled = object.bool("verify_event_subscription_enabled")
        if let group = object.object("totp") {
            totp = TOTPSettings(
                issuer: group.string("issuer"), timeStep: group.int("time_step"),
                codeLength: group.int("code_length"), skew: group.int("skew"))
        }
        pushAPNCredentialSID = object.object("push")?.string("apn_credential_sid")
        pushFCMCredentialSID = object.object("push")?.string("fcm_credential_sid")
        whatsAppMessagingServiceSID = object.object("whatsapp")?.string("msg_service_sid")
        whatsAppFrom = object.object("whatsapp")?.string("from")
    }
}
