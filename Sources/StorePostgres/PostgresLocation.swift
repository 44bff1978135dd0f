import Basics
import CPostgres
import Glibc
import Store

/// Where a store's database is, and how it is reached: `//USER@HOST/DATABASE`, several hosts with commas between them, and
/// libpq's own settings behind a question mark.
///
/// No password is taken in it, since a URL is shown: `passfile` names the file with it. Everything that is not on this machine
/// is spoken to over TLS, with the server's certificate and name verified.
struct PostgresLocation: Sendable {
    /// What a connection is for.
    enum Use {
        /// Only a server that takes writes will do.
        case writing
        /// A standby is as good.
        case looking
    }

    /// As operators are told of it; holds no password.
    let name: String
    let database: String
    /// What is wrong with it, in words behind `store.url` that say what to do; `nil` where nothing is.
    let problem: String?
    private let given: [String: String]
    private let isLocal: Bool

    /// - Parameter text: what stands behind `postgresql:`; `nil` is made of what is no such place.
    init?(_ text: String) {
        guard text.hasPrefix("//"), let given = Self.parse("postgresql:" + text) else { return nil }
        self.given = given
        let hosts =
            given["host"].map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) } ?? []
        let addresses = given["hostaddr"].map { $0.split(separator: ",").map(String.init) } ?? []
        isLocal = (hosts + addresses).allSatisfy(Self.isLocal)
        database = given["dbname"] ?? given["user"] ?? ""
        let ports = given["port"].map { ":\($0)" } ?? ""
        name = "postgresql://\(hosts.joined(separator: ","))\(ports)/\(database)"
        problem = Self.problem(given, isLocal: isLocal)
    }

    /// What libpq is told.
    func options(for use: Use, _ settings: [(String, String)] = []) -> [(String, String)] {
        var options = given
        let isVerified = !isLocal || options["sslrootcert"] != nil
        options["sslmode"] = options["sslmode"] ?? (isVerified ? "verify-full" : "prefer")
        if !isLocal { options["sslrootcert"] = options["sslrootcert"] ?? Self.authorities }
        options["gssencmode"] = "disable"
        options["client_encoding"] = "UTF8"
        options["target_session_attrs"] = use == .writing ? "read-write" : "any"
        options["connect_timeout"] = options["connect_timeout"] ?? "5"
        // A server that is gone without a word is noticed within half a minute.
        for (key, value) in [
            ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "20000"), ("fallback_application_name", "verify-courier"),
        ] { options[key] = options[key] ?? value }
        let words = settings.map { "-c \($0.0)=\($0.1)" }
        options["options"] = ([options["options"]].compactMap(\.self) + words).joined(separator: " ")
        return options.sorted { $0.key < $1.key }
    }

    private static func problem(_ given: [String: String], isLocal: Bool) -> String? {
        if given["password"] != nil {
            return """
                holds a password, which whoever lists processes or reads the configuration sees: leave it out, and name a file of \
                PostgreSQL's form with ?passfile=/path (rights 0600)
                """
        }
        if !isLocal, let mode = given["sslmode"], mode != "verify-full" {
            return """
                asks for sslmode=\(mode), but a database on another machine is spoken to with the server verified only: leave \
                sslmode out, and name its authority with ?sslrootcert=/path unless the system trusts it
                """
        }
        if given["user"] == nil || given["dbname"] == nil {
            return "names no user or no database: postgresql://USER@HOST/DATABASE"
        }
        return nil
    }

    /// libpq passes over such a file with a word on standard error alone, and then lacks the password.
    var problemOfPasswordFile: String? {
        guard let path = given["passfile"] else { return nil }
        var facts = stat()
        guard stat(path, &facts) == 0, access(path, R_OK) == 0 else {
            let why = String(cString: strerror(errno))
            return "names a file with the password that cannot be read (passfile): \(path): \(why)"
        }
        guard facts.st_mode & 0o077 == 0 else {
            return "names a file with the password that others may read (passfile): chmod 600 \(path)"
        }
        return nil
    }

    private static func isLocal(_ host: String) -> Bool {
        host.isEmpty || host.hasPrefix("/") || host.hasPrefix("@") || Loopback.contains(host)
    }

    /// The authorities that the system trusts; libpq looks for a file in the home folder otherwise.
    private static let authorities: String? = {
        let bundles = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"]
        return bundles.first { access($0, R_OK) == 0 }
    }()

    /// What is set, by libpq's names; `nil` for what is no URL of it.
    private static func parse(_ url: String) -> [String: String]? {
        guard let options = PQconninfoParse(url, nil) else { return nil }
        defer { PQconninfoFree(options) }
        var given: [String: String] = [:]
        var next = options
        while let keyword = next.pointee.keyword {
            if let value = next.pointee.val { given[String(cString: keyword)] = String(cString: value) }
            next += 1
        }
        return given
    }
}
