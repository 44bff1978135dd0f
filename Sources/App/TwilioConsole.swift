import Wire

/// What only Twilio's Console tells and switches: no call of the API does.
enum TwilioConsole {
    typealias Step = (topic: String, text: String)

    /// Twilio's words for the channels that codes go by here.
    static let usedChannels = Set(Channel.allCases.map(\.provider))

    /// - Parameter used: Twilio's words for the channels that are to be on; every other is to be off.
    static func steps(for used: Set<String> = usedChannels) -> [Step] {
        channels.map { channel in
            let isOn = "\(channel.name) is switched on"
            let isOff = "\(channel.name) is switched off: \(channel.unused)"
            return ("\(channel.topic)_channel", used.contains(channel.word) ? isOn : isOff)
        } + others
    }

    /// Each of Twilio's channels: as findings call it, as Twilio does, as people do, and why it is off where it is not used.
    private static let channels: [(topic: String, word: String, name: String, unused: String)] = [
        ("sms", "sms", "SMS", "nothing here uses it"),
        ("voice", "call", "voice", "nothing here uses it"),
        ("whatsapp", "whatsapp", "WhatsApp", "nothing here uses it"),
        ("email", "email", "e-mail", "it is not supported"),
    ]

    private static let others: [Step] = [
        ("fraud_guard", "Fraud Guard is on, at Standard or above (the service's SMS tab)"),
        (
            "geo_permissions",
            "the countries you serve are allowed and all others blocked, for SMS and for voice (Verify, Settings, Geo permissions)"
        ),
    ]
}
