import Basics

/// The sign-ins under way, by what the browser's cookie says.
///
/// There is one only after a right password, so strangers make none; and of one person there are a few, the oldest of
/// which goes for another.
final class SessionTable: Sendable {
    static let mostOfOne = 5
    /// Without a request.
    static let idle: Duration = .seconds(900)
    /// From the password on.
    static let longest: Duration = .seconds(3600)

    private let clocks: Clocks
    private let open = Locked<[String: SignIn]>([:])

    init(clocks: Clocks) {
        self.clocks = clocks
    }

    /// Begins one; returns the cookie's value.
    func begin(user: String, client: String?, locale: String?) -> String {
        let (id, now) = (RandomID.hex(bytes: 32), clocks.monotonic())
        let signIn = SignIn(user: user, client: client, locale: locale, at: now)
        open.withLock { open in
            open = open.filter { Self.isAlive($0.value, now) }
            let own = open.filter { $0.value.user == user }.sorted { $0.value.seen < $1.value.seen }
            for (id, _) in own.prefix(max(0, own.count + 1 - Self.mostOfOne)) { open[id] = nil }
            open[id] = signIn
        }
        return id
    }

    /// `nil` when it has ended, or never was.
    func find(_ id: String?) -> SignIn? {
        guard let id else { return nil }
        let now = clocks.monotonic()
        return open.withLock { open in
            guard let signIn = open[id], Self.isAlive(signIn, now) else {
                open[id] = nil
                return nil
            }
            open[id]?.seen = now
            return signIn
        }
    }

    /// Changes one, unless it has ended.
    func update(_ id: String, _ change: (inout SignIn) -> Void) {
        open.withLock { open in
            guard var signIn = open[id] else { return }
            change(&signIn)
            open[id] = signIn
        }
    }

    func end(_ id: String) {
        open.withLock { $0[id] = nil }
    }

    var count: Int { open.withLock { $0.count } }

    private static func isAlive(_ signIn: SignIn, _ now: MonotonicTime) -> Bool {
        now - signIn.seen < idle && now - signIn.began < longest
    }
}
