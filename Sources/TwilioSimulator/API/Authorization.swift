import Basics
import FoundationEssentials

extension SimulatedTwilio {
    /// Whether an `Authorization` header holds our account, or any API key, with our token (Basic, RFC 7617).
    func isAuthorized(_ header: String?) -> Bool {
        guard let header, header.lowercased().hasPrefix("basic "),
            let data = Data(base64Encoded: String(header.dropFirst(6)).trimmed)
        else { return false }
        let parts = String(decoding: data, as: UTF8.self)
            .split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1] == configuration.authToken.revealed else { return false }
        return parts[0] == configuration.accountSID || Self.isAPIKey(parts[0])
    }

    private static func isAPIKey(_ user: Substring) -> Bool {
        user.count == 34 && user.hasPrefix("SK") && user.dropFirst(2).allSatisfy(\.isHexDigit)
    }
}

extension String {
    fileprivate var trimmed: String { String(drop { $0 == " " }) }
}
