import Basics

/// Tells who is who, and slows guessing down: one password at a time, so that whoever sends many takes one core and 16 MiB.
///
/// A name has a place among ``places`` by its hash, whether anybody has that name or not: so nothing grows, and a pause tells
/// nothing.
actor PasswordGate {
    /// What came of a password.
    enum Verdict: Equatable {
        case right(user: String)
        case wrong
        /// Too many wrong ones for this name, for so long.
        case paused(Duration)
    }

    private struct Tries {
        var wrong = 0
        var until: MonotonicTime?
    }

    static let places = 1024
    static let most = 10
    static let pause: Duration = .seconds(60)

    private let users: DemoUsers
    private let clocks: Clocks
    private var tries = [Tries](repeating: Tries(), count: places)

    init(users: DemoUsers, clocks: Clocks) {
        self.users = users
        self.clocks = clocks
    }

    func judge(_ name: String, _ password: Redacted<String>) -> Verdict {
        let place = Int(UInt(bitPattern: name.lowercased().hashValue) % UInt(Self.places))
        let now = clocks.monotonic()
        if let until = tries[place].until {
            guard now >= until else { return .paused(until - now) }
            tries[place] = Tries()
        }
        // More than anybody's password: only so much is hashed.
        guard password.revealed.utf8.count <= 1024 else { return .wrong }
        if let user = users.user(named: name, password: password) {
            tries[place] = Tries()
            return .right(user: user)
        }
        tries[place].wrong += 1
        if tries[place].wrong >= Self.most { tries[place].until = now + Self.pause }
        return .wrong
    }
}
