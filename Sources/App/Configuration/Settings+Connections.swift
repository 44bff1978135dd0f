public import AMQP
import Basics
public import Logging
import Store
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

    /// Where the store is, and what kind it is.
    func store() throws(ConfigProblem) -> any StoreDriver {
        let letters = try letterBounds()
        guard let url = text("store.url") ?? stateFolder.map({ "sqlite:\($0)/verify-courier.db" }),
            let store = StoreFactory.store(at: url, keyFile: text("store.key_file"), letters: letters)
        else {
            throw ConfigProblem(
                "there is no place for the store: set store.url to \(StoreFactory.forms), or STATE_DIRECTORY, XDG_STATE_HOME or HOME"
            )
        }
        return store
    }

    /// How many dead letters a front end may have.
    func letterBounds() throws(ConfigProblem) -> LetterBounds {
        var bounds = LetterBounds()
        bounds.letters = try number("dead.max_letters")
        bounds.bytes = try number("dead.max_megabytes") << 20
        return bounds
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

    /// Where the operator's pages are served: on this machine alone, since they ask nobody who it is.
    func opsPagesAddress() throws(ConfigProblem) -> ListenAddress {
        guard case .listen(let address?)? = typed("ops.pages"), Loopback.contains(address.host) else {
            throw ConfigProblem(
                "ops.pages must be a loopback address and a port, such as 127.0.0.1:8091: these pages ask nobody to sign in. "
                    + "From another machine, go through SSH: ssh -L 8091:127.0.0.1:8091 HOST")
        }
        return address
    }

    /// Where the reference web login is served: on this machine alone, since it speaks plain HTTP.
    func loginPageAddress() throws(ConfigProblem) -> ListenAddress {
        guard case .listen(let address?)? = typed("login_page.listen"), Loopback.contains(address.host) else {
            throw ConfigProblem(
                "login_page.listen must be a loopback address and a port, such as 127.0.0.1:8092: the reference login is for "
                    + "trying and showing, never for production")
        }
        return address
    }
}
