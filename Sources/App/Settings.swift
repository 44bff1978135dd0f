public import AMQP
import Basics
import CurlHTTP
public import Logging
import Pipeline
import SitePolicy
import Store
import StoreSQLite
import TwilioVerify
import Worker

/// The configuration as typed values, checked.
public struct Settings: Sendable {
    private let values: [String: ConfigEntry]

    public init(_ loader: ConfigLoader) throws(ConfigProblem) {
        values = Dictionary(try loader.entries().map { ($0.key.name, $0) }, uniquingKeysWith: { $1 })
    }

    /// Every value with its source.
    public var entries: [ConfigEntry] { ConfigKey.all.compactMap { values[$0.name] } }

    func text(_ name: String) -> String? {
        values[name]?.value.flatMap { $0.isEmpty ? nil : $0 }
    }

    func number(_ name: String) throws(ConfigProblem) -> Int {
        guard let text = text(name), let number = Int(text), number >= 0, number <= 1_000_000 else {
            throw ConfigProblem("\(name) must be a whole number from 0 to 1000000")
        }
        return number
    }

    func flag(_ name: String) throws(ConfigProblem) -> Bool {
        switch text(name)?.lowercased() {
        case "true", "yes", "1": return true
        case "false", "no", "0": return false
        default: throw ConfigProblem("\(name) must be true or false")
        }
    }

    func list(_ name: String) -> [String] {
        (text(name) ?? "").split(separator: ",").map { String($0.filter { $0 != " " }) }
    }

    /// How much is logged.
    public var logLevel: Logger.Level {
        get throws(ConfigProblem) {
            guard let level = text("log.level").flatMap(Logger.Level.init(rawValue:)) else {
                throw ConfigProblem(
                    "log.level must be one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return level
        }
    }

    /// How to reach the broker.
    public func broker(name: String) throws(ConfigProblem) -> BrokerConfiguration {
        var urls: [BrokerURL] = []
        for text in list("broker.url") {
            do { urls.append(try BrokerURL(text)) } catch {
                throw ConfigProblem("broker.url: \(error)")
            }
        }
        guard !urls.isEmpty else { throw ConfigProblem("broker.url is empty") }
        return BrokerConfiguration(
            urls: urls, connectionName: name, caFile: text("broker.tls.ca_file"),
            certificateFile: text("broker.tls.certificate_file"), keyFile: text("broker.tls.key_file"))
    }

    /// Without known front ends anybody who reaches the broker may publish anything: taken on loopback only.
    func requireLoopbackBroker() throws(ConfigProblem) {
        let hosts = try broker(name: "check").urls.map(\.host)
        for host in hosts where host != "localhost" && host != "::1" && !host.hasPrefix("127.") {
            throw ConfigProblem(
                "broker.url names \(host): this version does not tell front ends apart and works with a broker on a loopback address only"
            )
        }
    }

    func store() throws(ConfigProblem) -> SQLiteStoreConfiguration {
        let url = text("store.url") ?? "sqlite:\(StateFolder.path)/verify-courier.db"
        guard url.hasPrefix("sqlite:"), url.count > 7 else {
            throw ConfigProblem("store.url must be sqlite:PATH")
        }
        return SQLiteStoreConfiguration(path: String(url.dropFirst(7)), keyFile: text("store.key_file"))
    }

    /// The starred site options as the file has them: `store init` seeds the store with these.
    func siteOptions() throws(ConfigProblem) -> [String: String] {
        var result: [String: String] = [:]
        for name in SiteOptions.defaults.keys {
            guard let value = text("site.\(name)") else { continue }
            guard let allowed = SiteOptions.values(of: name), allowed.contains(value) else {
                throw ConfigProblem(
                    "site.\(name) must be one of: \((SiteOptions.values(of: name) ?? []).joined(separator: ", "))")
            }
            result[name] = value
        }
        return result
    }

    func account() throws(ConfigProblem) -> TwilioAccount {
        guard let service = text("site.2FA_VERIFY_SERVICESID") else { throw missing("site.2FA_VERIFY_SERVICESID") }
        guard let account = text("site.2FA_VERIFY_ACCOUNTSID") else { throw missing("site.2FA_VERIFY_ACCOUNTSID") }
        if let key = text("site.2FA_VERIFY_APIKEYSID") {
            guard let secret = text("site.2FA_VERIFY_APIKEYSECRET") else {
                throw missing("site.2FA_VERIFY_APIKEYSECRET")
            }
            return TwilioAccount(user: key, password: Redacted(secret), accountSID: account, serviceSID: service)
        }
        guard let token = text("site.2FA_VERIFY_AUTHTOKEN") else { throw missing("site.2FA_VERIFY_AUTHTOKEN") }
        return TwilioAccount(user: account, password: Redacted(token), accountSID: account, serviceSID: service)
    }

    private func missing(_ name: String) -> ConfigProblem {
        let key = ConfigKey.all.first { $0.name == name }
        return ConfigProblem(
            "\(name) is not set: set \(key?.environmentName ?? name), or \(key?.environmentName ?? name)_FILE")
    }

    func twilioBaseURL() throws(ConfigProblem) -> String {
        let url = text("twilio.base_url") ?? ""
        let loopback = ["http://127.", "http://localhost", "http://[::1]"].contains { url.hasPrefix($0) }
        guard url.hasPrefix("https://") || loopback else {
            throw ConfigProblem("twilio.base_url must be https://…; plain HTTP is taken for loopback addresses only")
        }
        return url
    }
}
