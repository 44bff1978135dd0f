import Basics
import Store
import TestKit
import Testing
import Wire

@Suite("A store keeps what it is told", .timeLimit(.minutes(10)))
struct ChangeTests {
    @Test("every field of a person", arguments: StoreKind.allCases)
    func user(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            let full = Sample.user {
                ($0.required, $0.generation) = (true, 9)
                $0.graceUntil = Sample.now + .milliseconds(1)
                $0.phone = try? Sample.phone()
                $0.authenticator = Authenticator(factorSID: "YF1", identity: "i", registeredAt: Sample.now)
                $0.lastApprovedAt = Sample.now - .milliseconds(1)
            }
            #expect(full.factors == [.phone, .authenticator])
            try await store.write([.user(full)])
            #expect(try await store.user("ada") == full)
            try await store.write([.user(UserRecord(name: "ada"))])
            #expect(try await store.user("ada") == UserRecord(name: "ada"))
            #expect(try await store.user("Ada") == nil)
        }
    }

    @Test("a number with its region and kind", arguments: StoreKind.allCases)
    func places(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            let number = try Sample.number()
            for (region, isLandline) in [("US", false), (nil, true), ("DE", true), (nil, false)] {
                let place = NumberPlace(number: number, region: region, isLandline: isLandline)
                try await store.write([
                    .user(Sample.user { $0.phone = Phone(place: place, registeredAt: Sample.now) })
                ])
                #expect(try await store.look(at: "ada").place == place)
            }
        }
    }

    @Test(
        "every field of a code and of a tie; the latest of a number and of a login counts",
        arguments: StoreKind.allCases)
    func codes(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            var code = try Sample.code()
            (code.checksBegun, code.checksDenied, code.ended) = (4, 3, .codeUsed)
            (code.channel, code.attempts) = (.call, ["VL1", "VL2", "VL3"])
            var tie = try Sample.tie(Sample.login("ada", "one"), purpose: .register, ended: .replaced)
            tie.ticket = [1, 2, 3]
            try await store.write([.code(try Sample.code("VE0")), .code(code), .pending(tie)])
            let job = Sample.job("a", kind: .check, login: "one", number: nil)
            let situation = try await store.look(job)
            #expect(situation.code == code && situation.pending == tie && situation.place == tie.place)
            code.attempts = []
            try await store.write([.code(code)])
            #expect(try await store.look(Sample.job("b", kind: .check, login: "one", number: nil)).code == code)
            let other = try await store.look(Sample.job("c", kind: .check, user: "bob", login: "one", number: nil))
            #expect(other.pending == nil && other.code == nil && other.place == nil)
        }
    }

    @Test("6 Options: names and values, null is back to the default", arguments: StoreKind.allCases)
    func options(_ kind: StoreKind) async throws {
        let world = try await World(kind, options: ["2FA_PROVIDER": "None", "2FA_VER_SMS": ""])
        let stores = [try await world.worker(), try await world.worker()]
        try await stores[0].write([.options(["2FA_VER_SMS": "Disabled", "2FA_PROVIDER": nil, "2FA_VER_TOTP": nil])])
        for store in stores { #expect(try await store.look(at: "ada").options == ["2FA_VER_SMS": "Disabled"]) }
        for store in stores { await world.end(store) }
    }

    @Test("6 Registration: approvals, by login; 6 Limits: by client", arguments: StoreKind.allCases)
    func approvals(_ kind: StoreKind) async throws {
        try await withStore(kind) { world, store in
            func seen(
                _ user: String, _ login: String, _ application: Application = .web, client: String? = nil
            ) async throws -> (login: Timestamp?, client: Timestamp?) {
                let key = Job.Login(user: user, application: application, login: login, client: client)
                var wanted = Wanted()
                wanted.approval = true
                let situation = try await store.situation(of: key, wanted: wanted)
                return (situation.approvedAt, situation.clientApprovedAt)
            }
            try await store.write([.approval(Sample.login("ada", "one"), client: "office")])
            #expect(try await seen("ada", "one", client: "office") == (Sample.now, Sample.now))
            #expect(try await seen("ada", "two", client: "home") == (nil, nil))
            #expect(try await seen("ada", "one", .windows, client: nil) == (nil, nil))
            #expect(try await seen("bob", "one", client: "office") == (nil, nil))
            world.time.advance(.seconds(5))
            try await store.write([.approval(Sample.login("ada", "one"), client: nil)])
            #expect(try await seen("ada", "one", client: "office") == (Sample.now + .seconds(5), Sample.now))
            #expect(try await store.look(at: "ada").approvedAt == nil)
        }
    }

    @Test("6 cooldown_seconds: paces of persons and numbers, the owner's apart", arguments: StoreKind.allCases)
    func paces(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            let number = try Sample.number()
            let keys: [PaceKey] = [.user("ada"), .number(number, isProven: true), .number(number, isProven: false)]
            func seen() async throws -> [PaceKey: Pace] {
                try await store.look(Sample.job(RandomID.uuid(), kind: .registerPhone)) { $0.paces = true }.paces
            }
            for (index, key) in keys.enumerated() {
                try await store.write([.pace(key, Pace(streak: index + 1, notBefore: Sample.now))])
            }
            #expect(try await seen().mapValues(\.streak) == [keys[0]: 1, keys[1]: 2, keys[2]: 3])
            let later = Pace(streak: 9, notBefore: Sample.now + .milliseconds(7))
            try await store.write([.pace(keys[0], nil), .pace(keys[1], later)])
            #expect(try await seen() == [keys[1]: later, keys[2]: Pace(streak: 3, notBefore: Sample.now)])
            #expect(try await store.look(Sample.job("x", kind: .registerPhone)).paces.isEmpty)
        }
    }

    @Test("2 cancel: marks one send of one login", arguments: StoreKind.allCases)
    func cancelMarkers(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            for id in ["a", "b", "c", "d"] {
                let key = JobKey(frontEnd: "portal", messageID: id)
                try await store.write([.cancelSend(key, Sample.login("ada", "one"))])
            }
            #expect(try await store.look(Sample.job("a", login: "one")).isCanceled)
            #expect(try await !store.look(Sample.job("b", login: "two")).isCanceled)
            #expect(try await !store.look(Sample.job("c", user: "bob", login: "one")).isCanceled)
            #expect(try await !store.look(Sample.job("d", kind: .check, login: "one")).isCanceled)
            #expect(try await !store.look(Sample.job("e", login: "one")).isCanceled)
        }
    }

    @Test("2 cancel: a send that is under way sees it at its end", arguments: StoreKind.allCases)
    func canceledUnderWay(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            let job = Sample.job("a", login: "one")
            let intent = try #require(try await store.begin(job, decide: Sample.calling).intent)
            try await store.write([.cancelSend(job.key, Sample.login("ada", "one"))])
            let seen = Locked(false)
            _ = try await store.finish(intent) { situation in
                seen.withLock { $0 = situation.isCanceled }
                return Sample.answer()
            }
            #expect(seen.withLock { $0 })
        }
    }
}
