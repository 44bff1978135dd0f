/// What only Twilio's Console tells and switches: no call of the API does.
enum TwilioConsole {
    static let steps: [(topic: String, text: String)] = [
        ("sms_channel", "SMS is switched on"),
        ("voice_channel", "voice is switched on"),
        ("whatsapp_channel", "WhatsApp is switched off: nothing here uses it"),
        ("email_channel", "e-mail is switched off: it is not supported"),
        ("fraud_guard", "Fraud Guard is on, at Standard or above (the service's SMS tab)"),
        (
            "geo_permissions",
            "the countries you serve are allowed and all others blocked, for SMS and for voice (Verify, Settings, Geo permissions)"
        ),
    ]
}
