public import Basics
public import Wire

/// What the store knows that bears on one job, read in the transaction that decides it.
///
/// The lower half is filled only as far as the job's ``Wanted`` asks.
public struct Situation: Sendable {
    /// The starred site options that are set, by name (contract, section 6).
    public var options: [String: String] = [:]
    /// The person's record; `nil` for somebody never seen.
    public var user: UserRecord?
    /// This login's tie to a code, ended or not.
    public var pending: PendingCode?
    /// Another login of the same user has a live code.
    public var pendingElsewhere = false
    /// The number that the job concerns: its own, else for a check the pending one's, else the user's.
    public var place: NumberPlace?
    /// The latest code of that number, ended or not.
    public var code: LiveCode?
    /// At the end of a job: the person was reset, erased or renamed since it began.
    public var wasReset = false
    /// The login asked for this very send to be cancelled before it began.
    public var isCanceled = false
    /// The time that the decision goes by.
    public var now: Timestamp

    /// How the limits asked for stand.
    public var tallies: [Tally: TallyState] = [:]
    /// How far sends of the person and to the number are spaced out, where there were any.
    public var paces: [PaceKey: Pace] = [:]
    /// When a check of this login was last approved.
    public var approvedAt: Timestamp?
    /// When this client last was approved for this person.
    public var clientApprovedAt: Timestamp?
    /// The hash of the ticket that the job shows, if it is good.
    public var ticket: [UInt8]?
    /// The person's authenticator that is being registered, run out or not.
    public var enrolment: Enrolment?
    /// What wrong codes have left open at Twilio.
    public var challenge: OpenChallenge?
    /// The code that was typed has been used for the person's authenticator within the last five minutes.
    public var isCodeReserved = false
    /// What was typed, against an administrator's one-use code.
    public var bypass = Bypass.none
    /// Those tickets that are still good, of the ones that registrations were begun with: the login's phone, the person's
    /// authenticator, and the job's own.
    public var begunTickets: Set<[UInt8]> = []
    /// The live ties of other people to the same code.
    public var strangers: Set<Purpose> = []
    /// The person's live codes, for ending them at Twilio.
    public var openCodes: [OpenCode] = []
    /// The same with their tries.
    public var liveCodes: [LiveCode] = []
    /// What was handed out to the person and is still good.
    public var handedOut = HandedOut()
    /// People by what the policy looks at, for the effect of other options.
    public var census: [Census] = []
    /// A page of people, by name.
    public var page: [UserRecord] = []
    /// Whether somebody has the name that was asked about.
    public var otherUserExists = false
    /// How many rows of those lists cannot be read.
    public var unreadable = 0

    /// An administrator's one-use code, against what was typed.
    public enum Bypass: Sendable, Equatable {
        /// The person has none that lives.
        case none
        /// With the wrong guesses that it outlives after this one.
        case wrong(triesLeft: Int)
        case right
    }

    package init(now: Timestamp) {
        self.now = now
    }

    /// The number that the job concerns; see ``place``.
    public var number: E164? { place?.number }
}

/// What a job wants to know beside the person and their code.
///
/// Reading it costs, so it is asked for by name.
public struct Wanted: Sendable {
    /// With their limits; none above 0 is loaded.
    public var tallies: [Tally: Int] = [:]
    /// ``Situation/paces``.
    public var paces = false
    /// ``Situation/approvedAt`` and ``Situation/clientApprovedAt``.
    public var approval = false
    /// ``Situation/strangers``.
    public var strangers = false
    /// ``Situation/openCodes``.
    public var openCodes = false
    /// ``Situation/liveCodes``.
    public var liveCodes = false
    /// ``Situation/handedOut``.
    public var handedOut = false
    /// The enrolment, the open challenge, and whether ``code`` was used there.
    public var authenticator = false
    /// A ticket that the job shows, to be looked up as ``Situation/ticket``.
    public var ticket: Redacted<String>?
    /// The hash of a ticket that the job's registration was begun with.
    public var begunTicket: [UInt8]?
    /// What was typed: it may be a bypass code.
    public var code: Redacted<String>?
    /// ``Situation/census``.
    public var census = false
    /// Which ``Situation/page``; `nil` for none.
    public var page: UserPage?
    /// Whether there is a person of this name.
    public var otherUser: String?

    package init() {}
}

/// Until when a person's ticket and bypass code are good; `nil` where there is none.
public struct HandedOut: Sendable, Equatable {
    /// The end of the registration ticket.
    public var ticketUntil: Timestamp?
    /// The end of the one-use code.
    public var bypassUntil: Timestamp?

    package init(ticketUntil: Timestamp? = nil, bypassUntil: Timestamp? = nil) {
        self.ticketUntil = ticketUntil
        self.bypassUntil = bypassUntil
    }
}

/// A page of the list of people, by name.
public struct UserPage: Sendable {
    /// Only people of this kind; `nil` for all.
    public var filter: UserFilter?
    /// Begins after this name.
    public var after: String?
    /// At most so many.
    public var limit: Int

    package init(filter: UserFilter?, after: String?, limit: Int) {
        self.filter = filter
        self.after = after
        self.limit = limit
    }
}

/// How many people are alike in what the policy looks at.
public struct Census: Sendable, Equatable {
    /// The profile asks for the second factor.
    public var required: Bool
    /// Until when nothing need be registered yet; people without that have `nil`.
    public var graceUntil: Timestamp?
    /// What they have registered.
    public var factors: Set<Factor>
    /// How many they are.
    public var count: Int

    package init(required: Bool, graceUntil: Timestamp?, factors: Set<Factor>, count: Int) {
        self.required = required
        self.graceUntil = graceUntil
        self.factors = factors
        self.count = count
    }
}

/// A verification that is open at Twilio.
public struct OpenCode: Sendable, Hashable, Codable {
    /// The number in international form, as Twilio is told it.
    public var number: String
    /// Twilio's verification SID.
    public var sid: String

    package init(number: String, sid: String) {
        self.number = number
        self.sid = sid
    }
}
