import Basics
import Web

/// A Verify service: a brand and its settings.
struct SimulatedService: Sendable, Equatable, Listed {
    let ordinal: Int
    let sid: String
    var friendlyName: String
    var codeLength = 6
    /// The other settings, by the names of their request parameters; those never set are absent.
    var settings: [String: String] = [:]
    /// Channels switched off in what would be Twilio's Console; no API parameter changes them.
    var disabledChannels: Set<String> = []
    let created: Timestamp
    var updated: Timestamp

    /// By what name the service goes in authenticator apps.
    var issuer: String { settings["Totp.Issuer"] ?? friendlyName }

    func flag(_ parameter: String, default value: Bool = false) -> Bool {
        settings[parameter].map { $0 == "true" } ?? value
    }

    /// A setting that is a number; `nil` when it was never set.
    func number(_ parameter: String) -> Int? { settings[parameter].flatMap { Int($0) } }

    /// Takes over the parameters that are there, leaves the others, as Twilio's update does.
    mutating func apply(_ form: FormFields, now: Timestamp) throws(APIFailure) {
        if let name = form["FriendlyName"] {
            guard ServiceParameters.isAcceptable(name: name) else { throw .invalid("FriendlyName") }
            if name.lowercased().contains(ServiceParameters.restrictedWord) { throw .restrictedName }
            friendlyName = name
        }
        if let text = form["CodeLength"] {
            guard let length = Int(text), (4...10).contains(length) else { throw .invalid("CodeLength") }
            codeLength = length
        }
        for pair in form.pairs {
            guard let rule = ServiceParameters.rules[pair.name] else { continue }
            try set(pair, rule)
        }
        updated = now
    }

    /// An empty value takes a setting back; a flag has no empty value.
    private mutating func set(_ pair: FormFields.Pair, _ rule: ServiceParameters.Rule) throws(APIFailure) {
        if pair.value.isEmpty, rule.canBeEmpty {
            settings[pair.name] = nil
            return
        }
        guard let value = ServiceParameters.accepted(pair.value, by: rule) else { throw .invalid(pair.name) }
        settings[pair.name] = value
    }
}

extension ServiceParameters.Rule {
    fileprivate var canBeEmpty: Bool {
        switch self {
        case .flag, .number: false
        case .text, .sid, .word, .whatsAppAddress: true
        }
    }
}
