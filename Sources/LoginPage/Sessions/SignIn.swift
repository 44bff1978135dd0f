import Basics
import Wire

/// One sign-in under way, from the right password to its end.
///
/// All of it is the server's: a field or a cookie that the person can write would be a way around the second factor. Neither
/// a code nor an authenticator's secret is ever in it.
struct SignIn: Sendable {
    /// The code that is asked for now.
    struct AskedCode: Sendable, Equatable {
        /// What it is of.
        var factor: Factor
        /// How it travelled; `nil` for an app's.
        var channel: Channel?
        /// It is to register the phone; otherwise to confirm a sign-in.
        var registers = false
        /// The masked number.
        var to: String?
        /// When it dies, by this server's clock.
        var expiresAt: Timestamp?
        /// No try is left, or it died otherwise.
        var isOver = false
    }

    /// A phone as it was typed: kept, so that nobody has to type it twice (WCAG 2.2, 3.3.7).
    struct TypedPhone: Sendable, Equatable {
        var text = ""
        var region = "US"
        var number: E164?
    }

    /// An authenticator that waits for its first code.
    ///
    /// The same request under the same id brings the same secret again, so that the secret need not be kept.
    struct Enrolment: Sendable, Equatable {
        var nonce: String
        var ticket: Redacted<String>?
        var expiresAt: Timestamp?
    }

    /// The site's own id of the person.
    let user: String
    /// For the limits: where the browser is.
    let client: String?
    let locale: String?
    /// Goes into every job of this sign-in: only what asked for a code can use it.
    let login = RandomID.uuid()
    /// In every form, against those of other sites.
    let token = RandomID.hex(bytes: 16)
    let began: MonotonicTime
    var seen: MonotonicTime
    /// The factor was shown, or none was asked for.
    var isIn = false
    var asked: AskedCode?
    var phone = TypedPhone()
    var enrolment: Enrolment?
    /// When another code may be asked for, by this server's clock.
    var retryAt: Timestamp?
    /// What the last step had to say, shown once.
    var notice: Notice?
    /// The nonces of forms that were not answered: sent again they are the same request.
    var unanswered: [JobKind: String] = [:]

    init(user: String, client: String?, locale: String?, at now: MonotonicTime) {
        self.user = user
        self.client = client
        self.locale = locale
        began = now
        seen = now
    }

    /// What every job of it carries.
    var names: Job.Login {
        Job.Login(user: user, application: .web, login: login, client: client, locale: locale)
    }
}

/// What a step had to say.
struct Notice: Sendable, Equatable {
    /// How it looks and where it leads.
    enum Kind: Sendable, Equatable {
        /// What was typed or chosen will not do; a field of the page, by its name.
        case wrong(field: String?)
        /// Nobody's fault who reads it.
        case trouble
        case done
    }

    var kind: Kind
    var text: String
    /// Until when to wait, by this server's clock.
    var until: Timestamp?
}
