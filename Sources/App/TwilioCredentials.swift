import Basics
import Logging
import TwilioVerify

/// Who we are at Twilio, read again when a secret file changes, so that a rotated key needs no restart.
///
/// The files are looked at when an account is asked for, once a second at the most, and read only if a look shows
/// another file or another state of it. A file that cannot be used leaves the old account in force.
final class TwilioCredentials: Sendable {
    private struct State {
        var account: TwilioAccount
        /// By key name.
        var texts: [String: String]
        /// By path; `nil` for a file that is gone.
        var stamps: [String: FileStamp?]
        var nextLook: MonotonicTime
        var lastReload: Reload
    }

    /// How the last reading went.
    struct Reload {
        var isGood: Bool
        var succeededAt: Timestamp
    }

    static let names = [
        "site.2FA_VERIFY_SERVICESID", "site.2FA_VERIFY_ACCOUNTSID", "site.2FA_VERIFY_AUTHTOKEN",
        "site.2FA_VERIFY_APIKEYSID", "site.2FA_VERIFY_APIKEYSECRET",
    ]
    private static let interval = Duration.seconds(1)

    private let settings: Settings
    /// Paths by key name.
    private let files: [String: String]
    private let now: @Sendable () -> MonotonicTime
    private let logger: Logger
    private let state: Locked<State>

    /// - Throws: ``ConfigProblem`` when something is missing.
    init(
        _ settings: Settings, now: @escaping @Sendable () -> MonotonicTime = MonotonicTime.now, logger: Logger
    ) throws(ConfigProblem) {
        let entries = Self.names.compactMap { settings.entry($0) }
        let origins = entries.compactMap { entry in entry.secretFile.map { (entry.key.name, $0) } }
        self.settings = settings
        self.now = now
        self.logger = logger
        files = Dictionary(uniqueKeysWithValues: origins.map { ($0, $1.path) })
        state = Locked(
            State(
                account: try settings.account(),
                texts: Dictionary(
                    uniqueKeysWithValues: entries.compactMap { entry in entry.value.map { (entry.key.name, $0) } }),
                stamps: Dictionary(origins.map { ($1.path, $1.stamp) }, uniquingKeysWith: { first, _ in first }),
                nextLook: now() + Self.interval, lastReload: Reload(isGood: true, succeededAt: .now())))
    }

    /// The start counts as one that went well.
    var lastReload: Reload { state.withLock { $0.lastReload } }

    /// The account to call with.
    func account() -> TwilioAccount {
        let now = now()
        let (account, isDue) = state.withLock { state in
            // Whoever comes first looks; the others go on with what is there.
            let isDue = !files.isEmpty && now >= state.nextLook
            if isDue { state.nextLook = now + Self.interval }
            return (state.account, isDue)
        }
        return isDue ? look(else: account) : account
    }

    private func look(else old: TwilioAccount) -> TwilioAccount {
        let stamps = Dictionary(files.values.map { ($0, FileStamp(path: $0)) }, uniquingKeysWith: { first, _ in first })
        guard state.withLock({ $0.stamps != stamps }) else { return old }
        do {
            let account = try read(stamps)
            logger.notice("the credentials for Twilio have changed and were read again")
            return account
        } catch {
            // Not tried again before the next change, so that the log stays readable.
            state.withLock { ($0.stamps, $0.lastReload.isGood) = (stamps, false) }
            logger.error("the credentials for Twilio have changed and cannot be used; the old ones stay: \(error)")
            return old
        }
    }

    private func read(_ stamps: [String: FileStamp?]) throws(ConfigProblem) -> TwilioAccount {
        var texts = state.withLock { $0.texts }
        for (name, path) in files.sorted(by: { $0.key < $1.key }) {
            do { texts[name] = try SecretFile.read(path).text } catch {
                throw ConfigProblem("\(name): \(path) \(error.message)")
            }
            if let key = ConfigKey.named(name) { _ = try ConfigEntry(key, texts[name], place: path).typed() }
        }
        let account = try settings.account(from: { texts[$0] })
        state.withLock { [texts] state in
            state.account = account
            state.lastReload = Reload(isGood: true, succeededAt: .now())
            state.texts = texts
            // Taken before the reading: what is written meanwhile shows at the next look.
            state.stamps = stamps
        }
        return account
    }
}
