public import AMQP
import Basics
public import Logging
import Store
import StoreSQLite
import TwilioVerify

extension Settings {
    /// How much is logged.
    public var logLevel: Logger.Level { text("log.level").flatMap(Logger.Level.init(rawValue:)) ?? .info }

    /// How it looks.
    public var logFormat: LogFormat { text("log.format").flatMap(LogFormat.init(rawValue:)) ?? .auto }

    /// How to reach the broker.
    public func broker(name: String) throws(ConfigProblem) -> BrokerConfiguration {
        guard case .brokers(let urls)? = typed("broker.url") else { throw missing("broker.url") }
        let certificate = text("broker.tls.certificate_file")
        let key = text("broker.tls.key_file")
        guard (certificate == nil) == (key == nil) else {
            throw ConfigProblem("broker.tls.certificate_file and broker.tls.key_file go together: set both, or neither")
        }
        return BrokerConfiguration(
            urls: urls, connectionName: name, caFile: text("broker.tls.ca_file"), certificateFile: certificate,
            keyFile: key, serverName: text("broker.tls.server_name"))
    }

    /// Where the store is.
    func store() throws(ConfigProblem) -> SQLiteStoreConfiguration {
        var store = try storePlace()
        store.letters.letters = try number("dead.max_letters")
        store.letters.bytes = try number("dead.max_megabytes") << 20
        return store
    }

    private func storePlace() throws(ConfigProblem) -> SQLiteStoreConfiguration {
        if let path = text("store.url") { return SQLiteStoreConfiguration(path: path, keyFile: text("store.key_file")) }
        guard let stateFolder else {
            throw ConfigProblem(
                "there is no place for the store: set store.url to sqlite:PATH, or STATE_DIRECTORY, XDG_STATE_HOME or HOME"
            )
        }
        return SQLiteStoreConfiguration(path: "\(stateFolder)/verify-courier.db", keyFile: text("store.key_file"))
    }

    /// The folder that `store init` may make: only ours, never one that an operator named.
    var folderToMake: String? { text("store.url") == nil ? stateFolder : nil }

    func twilioBaseURL() throws(ConfigProblem) -> String {
        guard let url = text("twilio.base_url") else { throw missing("twilio.base_url") }
        return url
    }

    /// - Parameter needsService: `false` where a service may be yet to be made; its SID is empty then.
    func account(needsService: Bool = true) throws(ConfigProblem) -> TwilioAccount {
        try account(needsService: needsService, from: text)
    }

    /// An API key where there is one, else the token.
    func account(needsService: Bool = true, from text: (String) -> String?) throws(ConfigProblem) -> TwilioAccount {
        let hasKey = text("site.2FA_VERIFY_APIKEYSID") != nil || text("site.2FA_VERIFY_APIKEYSECRET") != nil
        var absent: [String] = []
        func need(_ name: String) -> String {
            guard let value = text("site.2FA_VERIFY_\(name)") else {
                absent += missing("site.2FA_VERIFY_\(name)").problems
                return ""
            }
            return value
        }
        let service = needsService ? need("SERVICESID") : text("site.2FA_VERIFY_SERVICESID") ?? ""
        let account = need("ACCOUNTSID")
        let user = hasKey ? need("APIKEYSID") : account
        let password = need(hasKey ? "APIKEYSECRET" : "AUTHTOKEN")
        guard absent.isEmpty else { throw ConfigProblem(absent) }
        return TwilioAccount(user: user, password: Redacted(password), accountSID: account, serviceSID: service)
    }

    /// Where health, metrics and the operator's pages are served; `nil` when off.
    public func opsAddress() throws(ConfigProblem) -> ListenAddress? {
        guard case .listen(let address)? = typed("ops.listen") else { throw missing("ops.listen") }
        return address
    }
}
