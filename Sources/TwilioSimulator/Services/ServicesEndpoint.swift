import Basics

extension SimulatedTwilio {
    /// `/v2/Services`, one service, and what belongs to it.
    mutating func servicesAnswer(_ call: APICall) throws(APIFailure) -> APIResponse {
        guard let sid = call.rest.first else { return try serviceListAnswer(call) }
        if call.rest.count > 1 { return try answer(call.deeper, ofService: sid) }
        let bodies = bodies(call)
        switch call.method {
        case "GET": return APIResponse(status: 200, body: bodies.service(try service(sid)))
        case "POST":
            return APIResponse(status: 200, body: bodies.service(try updateService(sid, call.form, now: call.now)))
        case "DELETE":
            try deleteService(sid)
            return APIResponse(status: 204, body: nil)
        default: throw .noSuchMethod
        }
    }

    private mutating func serviceListAnswer(_ call: APICall) throws(APIFailure) -> APIResponse {
        let bodies = bodies(call)
        switch call.method {
        case "GET":
            let body = try Paging(call.query).body(
                key: "services", items: services, url: bodies.base + "/v2/Services", query: call.query,
                render: bodies.service)
            return APIResponse(status: 200, body: body)
        case "POST":
            return APIResponse(status: 201, body: bodies.service(try createService(call.form, now: call.now)))
        default: throw .noSuchMethod
        }
    }
}

extension ResponseBodies {
    func service(_ item: SimulatedService) -> JSONValue {
        let url = "\(base)/v2/Services/\(item.sid)"
        return .object([
            "sid": .string(item.sid), "account_sid": .string(accountSID), "friendly_name": .string(item.friendlyName),
            "code_length": .integer(item.codeLength), "lookup_enabled": .bool(item.flag("LookupEnabled")),
            "psd2_enabled": .bool(item.flag("Psd2Enabled")),
            "skip_sms_to_landlines": .bool(item.flag("SkipSmsToLandlines")),
            "dtmf_input_required": .bool(item.flag("DtmfInputRequired", default: true)),
            "tts_name": .optional(item.settings["TtsName"]),
            "do_not_share_warning_enabled": .bool(item.flag("DoNotShareWarningEnabled")),
            "custom_code_enabled": .bool(item.flag("CustomCodeEnabled")), "push": push(item), "totp": totp(item),
            "default_template_sid": .optional(item.settings["DefaultTemplateSid"]),
            "whatsapp": .object([
                "msg_service_sid": .optional(item.settings["Whatsapp.MsgServiceSid"]),
                "from": .optional(item.settings["Whatsapp.From"]),
            ]),
            "passkeys": passkeys(item),
            "verify_event_subscription_enabled": .bool(item.flag("VerifyEventSubscriptionEnabled")),
            "date_created": Self.date(item.created), "date_updated": Self.date(item.updated), "url": .string(url),
            "links": Self.links(url),
        ])
    }

    private func push(_ item: SimulatedService) -> JSONValue {
        .object([
            "include_date": .bool(item.flag("Push.IncludeDate")),
            "apn_credential_sid": .optional(item.settings["Push.ApnCredentialSid"]),
            "fcm_credential_sid": .optional(item.settings["Push.FcmCredentialSid"]),
        ])
    }

    /// Null where nothing was set, as in Twilio's example; the defaults hold nevertheless.
    private func totp(_ item: SimulatedService) -> JSONValue {
        func number(_ name: String) -> JSONValue { item.number(name).map { .integer($0) } ?? nil }
        return .object([
            "issuer": .optional(item.settings["Totp.Issuer"]), "time_step": number("Totp.TimeStep"),
            "code_length": number("Totp.CodeLength"), "skew": number("Totp.Skew"),
        ])
    }

    private func passkeys(_ item: SimulatedService) -> JSONValue {
        func text(_ name: String) -> JSONValue { .optional(item.settings["Passkeys." + name]) }
        let origins = item.settings["Passkeys.RelyingParty.Origins"]?.split(separator: ",")
        return .object([
            "relying_party": .object([
                "id": text("RelyingParty.Id"), "name": text("RelyingParty.Name"),
                "origins": origins.map { .array($0.map { .string(String($0)) }) } ?? nil,
            ]),
            "authenticator_attachment": text("AuthenticatorAttachment"),
            "discoverable_credentials": text("DiscoverableCredentials"),
            "user_verification": text("UserVerification"),
        ])
    }

    private static func links(_ url: String) -> JSONValue {
        .object([
            "verification_checks": .string(url + "/VerificationCheck"),
            "verifications": .string(url + "/Verifications"), "rate_limits": .string(url + "/RateLimits"),
            "messaging_configurations": .string(url + "/MessagingConfigurations"),
            "entities": .string(url + "/Entities"), "webhooks": .string(url + "/Webhooks"),
            "access_tokens": .string(url + "/AccessTokens"),
        ])
    }
}
