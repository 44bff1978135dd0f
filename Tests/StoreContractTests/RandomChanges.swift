import Basics
import Store
import TestKit
import Wire

/// Random changes as jobs could make them, over a few people and numbers.
struct RandomChanges {
    var generator: Seeded
    private var count = 0

    init(seed: UInt64) {
        generator = Seeded(seed)
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: values.indices, using: &generator)]
    }
    private mutating func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &generator) == 0 }

    private mutating func place() -> NumberPlace? {
        let number = pick(Snapshot.numbers)
        return E164(number).map {
            NumberPlace(number: $0, region: number.hasSuffix("2") ? "US" : nil, isLandline: false)
        }
    }

    private mutating func login(of user: String) -> LoginKey {
        LoginKey(user: user, application: .web, login: pick(Snapshot.logins))
    }

    mutating func user() -> String { pick(Snapshot.users) }

    mutating func job(_ user: String) -> NewJob {
        count += 1
        let client = chance(4) ? nil : pick(Snapshot.clients)
        var job = Sample.job(
            "m-\(count)", kind: pick([.registerPhone, .check, .adminUserSet]), user: user, number: nil)
        (job.login.login, job.login.client, job.place) = (pick(Snapshot.logins), client, chance(3) ? nil : place())
        return job
    }

    mutating func changes(at now: Timestamp) -> [Change] {
        (0..<Int.random(in: 0...3, using: &generator)).flatMap { _ in change(at: now) }
    }

    private mutating func change(at now: Timestamp) -> [Change] {
        let user = user()
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: return [.user(record(user, now))]
        case 1: return code(now).map { [.code($0)] } ?? []
        case 2: return tie(user).map { [.pending($0)] } ?? []
        case 3: return [.count(Tally.allCases.filter { _ in chance(2) })]
        case 4: return pace(user, now)
        case 5: return [.approval(login(of: user), client: chance(2) ? nil : pick(Snapshot.clients))]
        case 6: return [.options([pick(["a", "b"]): chance(2) ? nil : pick(["x", "y"])])]
        default: return rare(user, now)
        }
    }

    private mutating func rare(_ user: String, _ now: Timestamp) -> [Change] {
        let until = now + .seconds(Int.random(in: 1...900, using: &generator))
        switch Int.random(in: 0..<9, using: &generator) {
        case 0: return [.bypass(user: user, chance(3) ? nil : Redacted(pick(["11111111", "22222222"])), until: until)]
        case 1: return [.ticket(user: user, Redacted("T-\(user)"), until: until)]
        case 2: return [.endAccess(user: user, grants(), pick([.reset, .notPending]))]
        case 3: return [.unlock(user: user)]
        case 4: return [.erase(user: user, pseudonym: "erased-\(count)")]
        case 5: return [.audit(Sample.entry(user: user, former: chance(3) ? self.user() : nil))]
        case 6: return [.bypassTry(user: user)]
        case 7: return [.deadLetter(letter(now)), .letters([1, 2], pick(DeadLetterState.allCases), dueAt: [until])]
        default:
            let to = self.user()
            // Nobody is renamed to somebody who is there.
            return to == user ? [] : [.erase(user: to, pseudonym: "erased-\(count)"), .rename(user: user, to: to)]
        }
    }

    private mutating func grants() -> Set<AccessGrant> { Set(AccessGrant.allCases.filter { _ in chance(2) }) }

    private mutating func record(_ user: String, _ now: Timestamp) -> UserRecord {
        var record = UserRecord(name: user)
        (record.isKnown, record.required) = (!chance(4), chance(2))
        record.generation = Int64.random(in: 0...3, using: &generator)
        if chance(2) { record.phone = place().map { Phone(place: $0, registeredAt: now) } }
        record.lastApprovedAt = chance(2) ? now : nil
        return record
    }

    private mutating func code(_ now: Timestamp) -> LiveCode? {
        guard let number = place()?.number else { return nil }
        let sid = "VE\(number.revealed.suffix(2))\(pick(["a", "b"]))"
        var code = LiveCode(
            number: number, sid: sid, channel: .sms, expiresAt: now + .seconds(pick([60, 600])), attempts: ["VL1"])
        (code.checksBegun, code.ended) = (pick([0, 2]), chance(3) ? .codeUsed : nil)
        return code
    }

    private mutating func tie(_ user: String) -> PendingCode? {
        guard let place = place() else { return nil }
        let sid = "VE\(place.number.revealed.suffix(2))\(pick(["a", "b"]))"
        return PendingCode(
            login: login(of: user), place: place, sid: sid, purpose: pick([.login, .register]),
            ended: chance(4) ? .replaced : nil)
    }

    private mutating func pace(_ user: String, _ now: Timestamp) -> [Change] {
        let pace = chance(4) ? nil : Pace(streak: pick([1, 4]), notBefore: now + .seconds(30))
        guard let number = place()?.number else { return [] }
        return [.pace(pick([.user(user), .number(number, isProven: true), .number(number, isProven: false)]), pace)]
    }

    private func letter(_ now: Timestamp) -> DeadLetter {
        DeadLetter(
            reason: .malformed, routingKey: "send", frontEnd: "portal", messageID: nil, body: Redacted([1, 2]), at: now)
    }
}
