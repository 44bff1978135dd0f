import AMQP
import Basics
import FoundationEssentials
import Store
import Wire

/// Why a text is no value of its kind.
struct ConfigFault: Error, Equatable {
    /// Goes after the key's name: "must be …".
    var message: String
}

extension ConfigKind {
    /// Reads one value.
    ///
    /// Pure.
    func parse(_ text: String) throws(ConfigFault) -> ConfigTyped {
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw ConfigFault(message: "must be \(allowed), without line breaks or other control characters")
        }
        guard let value = try typed(text) else { throw ConfigFault(message: "must be \(allowed)") }
        return value
    }

    /// `nil` where ``allowed`` says all that there is to say.
    private func typed(_ text: String) throws(ConfigFault) -> ConfigTyped? {
        switch self {
        case .text, .path: text.isEmpty ? nil : .text(text)
        case .providerSecret: text.isEmpty ? nil : .text(try Self.providerSecret(text))
        case .number(let range): Self.number(text, in: range).map(ConfigTyped.number)
        case .flag: Self.flag(text).map(ConfigTyped.flag)
        case .choice(let values): values.contains(text) ? .text(text) : nil
        case .sid(let prefix): Self.isSID(text, prefix) ? .text(text) : nil
        case .seconds: Self.seconds(text).map(ConfigTyped.numbers)
        case .words: Self.words(text).map(ConfigTyped.words)
        case .countries: .countries(try CountryCodes.parse(text))
        case .brokers: .brokers(try Self.brokers(text))
        case .store: try Self.isStore(text) ? .text(text) : nil
        case .twilio: Self.isTwilioURL(text) ? .text(text) : nil
        case .proxy: Self.isProxyURL(text) ? .text(text) : nil
        case .listen: text == "off" ? .listen(nil) : ListenAddress(text).map(ConfigTyped.listen)
        case .frontEnds: .frontEnds(try FrontEndList.parse(text))
        }
    }

    private static func isStore(_ url: String) throws(ConfigFault) -> Bool {
        guard let store = StoreFactory.store(at: url) else { return false }
        if let problem = store.problem { throw ConfigFault(message: problem) }
        return true
    }

    /// What is wrong is said without any of it but what nobody can see.
    private static func providerSecret(_ text: String) throws(ConfigFault) -> String {
        if let odd = text.unicodeScalars.first(where: { !(0x20...0x7E).contains($0.value) }) {
            let place = text.unicodeScalars.prefix { $0 != odd }.count + 1
            let isHidden = odd.properties.generalCategory == .format || odd.properties.isWhitespace
            let code = String(odd.value, radix: 16, uppercase: true)
            let what = isHidden ? "that cannot be seen (U+\(code))" : "beyond ASCII"
            throw ConfigFault(
                message: "must be \(ConfigKind.providerSecret.allowed): its character \(place) is one \(what)")
        }
        guard !text.hasQuotesAround else {
            throw ConfigFault(message: "must be \(ConfigKind.providerSecret.allowed), without the quotes around it")
        }
        return text
    }

    private static func number(_ text: String, in range: ClosedRange<Int>) -> Int? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text) else { return nil }
        return range.contains(number) ? number : nil
    }

    private static func flag(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "1": true
        case "false", "no", "0": false
        default: nil
        }
    }

    private static func isSID(_ text: String, _ prefix: String) -> Bool {
        text.hasPrefix(prefix) && (8...64).contains(text.utf8.count)
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }

    /// Parts without the white space around them; `nil` when one is empty.
    static func parts(_ text: String) -> [String]? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed)
        return parts.contains("") ? nil : parts
    }

    private static func seconds(_ text: String) -> [Int]? {
        guard let parts = parts(text) else { return nil }
        let numbers = parts.compactMap { number($0, in: 0...86_400) }
        return numbers.count == parts.count ? numbers : nil
    }

    private static func words(_ text: String) -> [String]? {
        guard let parts = parts(text), !parts.contains(where: { $0.contains(where: \.isWhitespace) }) else {
            return nil
        }
        return parts
    }

    private static func brokers(_ text: String) throws(ConfigFault) -> [BrokerURL] {
        var urls: [BrokerURL] = []
        for part in parts(text) ?? [] {
            do { urls.append(try BrokerURL(part)) } catch {
                throw ConfigFault(message: "is no broker's URL (number \(urls.count + 1) of it): \(error)")
            }
        }
        guard !urls.isEmpty else { throw ConfigFault(message: "must be \(ConfigKind.brokers.allowed)") }
        return urls
    }

    /// A host and a port; a proxy that asks who comes is not supported.
    private static func isProxyURL(_ text: String) -> Bool {
        guard let parts = URLComponents(string: text), parts.scheme == "http", let host = parts.host, !host.isEmpty,
            let port = parts.port, (1...65_535).contains(port), ["", "/"].contains(parts.path), parts.user == nil,
            parts.password == nil, parts.query == nil, parts.fragment == nil
        else { return false }
        return text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    /// Credentials go there: nothing but a host, a port and perhaps a path, in the clear on this machine only.
    private static func isTwilioURL(_ text: String) -> Bool {
        guard let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty, parts.user == nil,
            parts.password == nil, parts.query == nil, parts.fragment == nil
        else { return false }
        switch parts.scheme {
        case "https": return true
        case "http": return Loopback.contains(host)
        default: return false
        }
    }
}

extension StringProtocol {
    /// Without the white space around it.
    var trimmed: String {
        let start = drop(while: \.isWhitespace)
        var end = start.endIndex
        while end > start.startIndex, start[start.index(before: end)].isWhitespace { end = start.index(before: end) }
        return String(start[start.startIndex..<end])
    }
}
