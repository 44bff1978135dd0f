import Basics
import FoundationEssentials
import Web

/// What making a factor takes, checked as Twilio describes it. https://www.twilio.com/docs/verify/api/factor
struct FactorParameters: Sendable {
    var friendlyName: String
    /// As it was given; `nil` when Twilio shall make one.
    var secret: Redacted<String>?
    var settings: FactorSettings
    var metadata: [String: String]?

    /// Parameters of other kinds of factors are passed over.
    init(_ form: FormFields, service: SimulatedService) throws(APIFailure) {
        guard form["FactorType"] == "totp" else { throw .invalidRequest("FactorType") }
        guard let name = try Self.friendlyName(form) else { throw .invalidRequest("FriendlyName") }
        friendlyName = name
        settings = FactorSettings(of: service)
        try settings.apply(form)
        metadata = try form.texts("Metadata")
        secret = form["Binding.Secret"].map(Redacted.init)
    }

    /// Up to 64 characters.
    static func friendlyName(_ form: FormFields) throws(APIFailure) -> String? {
        guard let name = form["FriendlyName"] else { return nil }
        guard name.count <= 64 else { throw .invalidRequest("FriendlyName") }
        return name
    }

    /// The code that a form carries: 3 to 8 digits, whatever the factor's own length.
    ///
    /// `nil` for none.
    static func authPayload(_ form: FormFields) throws(APIFailure) -> String? {
        guard let code = form["AuthPayload"] else { return nil }
        guard (3...8).contains(code.utf8.count), code.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw .invalidRequest("AuthPayload")
        }
        return code
    }
}

extension FormFields {
    /// A JSON object of strings, as text of up to 1024 characters; `nil` for none.
    func texts(_ name: String) throws(APIFailure) -> [String: String]? {
        guard let text = self[name] else { return nil }
        guard text.count <= 1024,
            let object = try? JSONDecoder().decode([String: String].self, from: Data(text.utf8))
        else { throw .invalidRequest(name) }
        return object
    }
}
