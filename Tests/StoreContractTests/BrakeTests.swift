import Basics
import Store
import TestKit
import Testing
import Wire

/// What operators stop: what a brake holds, and how it is kept.
@Suite("Contract 8: brakes", .timeLimit(.minutes(10)))
struct BrakeTests {
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let hour: Duration = .seconds(3600)

    private static func brake(
        _ stop: Brake.Stop, everyone: Bool = false, until: Timestamp = now + hour, why: String = "pumping",
        at: Timestamp = now
    ) -> Brake {
        Brake(stop, everyone: everyone, by: "mara", why: why, at: at, until: until)
    }

    private static func brakes(_ all: [Brake]) -> Brakes {
        var brakes = Brakes()
        for brake in all {
            let isSet = brakes.set(brake)
            #expect(isSet)
        }
        return brakes
    }

    private static let places: [NumberPlace?] =
        ["US": "+14155550142", "GB": "+447911123456", "DO": "+18095550142"]
        .sorted { $0.key < $1.key }
        .map { region, digits in
            E164(digits).map { NumberPlace(number: $0, region: region, isLandline: false) }
        } + [nil]

    private static let stops: [Brake.Stop] = [
        .sends, .channel(.sms), .channel(.call), .country("GB"), .country("US"), .country("FR"), .prefix("+1"),
        .prefix("+1809"), .prefix("+44791"), .prefix("+7"),
    ]

    /// In other words than the rule itself.
    private static func isMeant(_ stop: Brake.Stop, _ channel: Channel, _ place: NumberPlace?) -> Bool {
        switch stop {
        case .sends: return true
        case .channel(let named): return named.rawValue == channel.rawValue
        case .country(let code): return place.flatMap(\.region) == .some(code)
        case .prefix(let digits): return Array(place?.number.revealed ?? "").starts(with: Array(digits))
        }
    }

    @Test("8 brakes: every pair of brakes against every send: held exactly if one that is meant is in force")
    func dense() {
        let ends = [Self.now, Self.now + .milliseconds(1), Self.now + Self.hour]
        var held = 0
        for first in Self.stops {
            for second in Self.stops where second != first {
                for (everyone, other) in [(false, false), (true, false), (false, true), (true, true)] {
                    for end in ends {
                        let all = [
                            Self.brake(first, everyone: everyone, until: end, at: Self.now - Self.hour),
                            Self.brake(second, everyone: other, at: Self.now - Self.hour),
                        ]
                        held += check(all)
                    }
                }
            }
        }
        #expect(held > 1000)
    }

    /// - Returns: how many sends were held.
    private func check(_ all: [Brake]) -> Int {
        let brakes = Self.brakes(all)
        var held = 0
        for channel in Channel.allCases {
            for place in Self.places {
                for isProven in [false, true] {
                    let meant = all.filter { brake in
                        Self.now.milliseconds < brake.until.milliseconds && (brake.everyone || !isProven)
                            && Self.isMeant(brake.stop, channel, place)
                    }
                    let hold = brakes.hold(on: channel, to: place, isProven: isProven, at: Self.now)
                    #expect((hold != nil) == !meant.isEmpty, "\(all) \(channel) \(String(describing: place?.region))")
                    guard let hold else { continue }
                    held += 1
                    #expect(hold.until == meant.map(\.until).max() && meant.map(\.stop).contains(hold.stop))
                    // The widest is the reason.
                    if meant.contains(where: { $0.stop == .sends }) { #expect(hold.stop == .sends) }
                    if case .prefix = hold.stop { #expect(meant.allSatisfy { $0.stop.kind == .prefix }) }
                }
            }
        }
        return held
    }

    @Test("8 brakes: one of the same takes the earlier one's place; what is over is dropped; there is a bound")
    func setting() {
        var brakes = Self.brakes([
            Self.brake(.country("GB")), Self.brake(.sends, until: Self.now + .seconds(60)),
            Self.brake(.country("GB"), everyone: true),
        ])
        #expect(brakes.inForce(at: Self.now).map(\.stop) == [.sends, .country("GB")])
        #expect(brakes.inForce(at: Self.now).last?.everyone == true)
        #expect(brakes.inForce(at: Self.now + .seconds(60)).map(\.stop) == [.country("GB")])
        let later = Self.now + .seconds(61)
        var isSet = brakes.set(Self.brake(.channel(.call), at: later))
        #expect(isSet && brakes.brakes.count == 2)
        let lifted = [.country("FR"), .country("GB"), nil].map { brakes.lift($0, at: later).map(\.stop) }
        #expect(lifted == [[], [.country("GB")], [.channel(.call)]])
        #expect(brakes == Brakes() && brakes.stored == nil)
        for number in 100..<100 + Brake.most {
            isSet = brakes.set(Self.brake(.prefix("+\(number)")))
            #expect(isSet)
        }
        isSet = brakes.set(Self.brake(.sends))
        #expect(!isSet && brakes.brakes.count == Brake.most)
        isSet = brakes.set(Self.brake(.prefix("+100"), everyone: true))
        #expect(isSet, "one of the same needs no room")
    }

    @Test("8 brakes: kept as they were said; what a newer version wrote is kept; damage holds whoever is not proven")
    func keeping() throws {
        let all = Self.brakes(Self.stops.map { Self.brake($0, everyone: $0.kind == .prefix, why: "so \"it\" is\n") })
        let text = try #require(all.stored)
        #expect(Brakes(stored: text) == all && Brakes(stored: nil) == Brakes())
        let newer = #"{"what":"carrier","value":"acme"}"#
        var mixed = Brakes(stored: "[\(newer),\(text.dropFirst())")
        #expect(mixed.unknown == 1 && mixed.brakes == all.brakes)
        let isSet = mixed.set(Self.brake(.country("ES")))
        #expect(isSet && mixed.stored?.contains("acme") == true)
        let lifted = mixed.lift(nil, at: Self.now)
        #expect(lifted.count == Self.stops.count + 1 && mixed.stored == nil)
        for damage in ["", "{}", "[", "nonsense"] {
            var brakes = Brakes(stored: damage)
            #expect(brakes.isDamaged && brakes.stored == "")
            let hold = brakes.hold(on: .sms, to: nil, isProven: false, at: Self.now)
            #expect(hold?.stop == .sends && hold.map { $0.until > Self.now } == true)
            #expect(brakes.hold(on: .sms, to: nil, isProven: true, at: Self.now) == nil)
            let none = brakes.lift(nil, at: Self.now)
            #expect(none.isEmpty && brakes == Brakes())
        }
    }

    @Test("8 brakes: what is no channel, country or prefix is none; a whole number never is a prefix")
    func values() {
        for (kind, value) in [
            (.sends, "sms"), (.channel, nil), (.channel, "fax"), (.channel, "authenticator"), (.country, nil),
            (.country, "gb"), (.country, "GBR"), (.prefix, nil), (.prefix, "44"), (.prefix, "+"), (.prefix, "+0"),
            (.prefix, "+4479111234"), (.prefix, "+14155550142"), (.prefix, "+4 4"),
        ] as [(Brake.Stop.Kind, String?)] {
            #expect(Brake.Stop(kind, value) == nil, "\(kind) \(value ?? "")")
        }
        for stop in Self.stops { #expect(Brake.Stop(stop.kind, stop.value) == stop) }
    }

    @Test(
        "8 brakes set, brakes lift: seen by the next job and by a look, each in the audit trail, refused ones not",
        arguments: StoreKind.allCases)
    func stored(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let store = try await world.worker()
        let now = world.time.wall
        let set = Self.brake(.country("GB"), until: now + Self.hour, why: "anna says so", at: now)
        #expect(try await world.brake(.set(set)) == .set)
        let login = Job.Login(user: "anna", login: "sign-in-1")
        #expect(try await store.situation(of: login).brakes.brakes == [set])
        let look = try await world.look()
        #expect(try await look.brakes().inForce(at: now) == [set])
        let none = BrakeCommand.lift(.sends, by: "olga", why: "over")
        #expect(try await world.brake(none) == .lifted([]))
        #expect(try await world.brake(.lift(nil, by: "olga", why: "over")) == .lifted([set]))
        #expect(try await store.situation(of: login).options[Brakes.option] == nil)
        let trail = try await look.audit(AuditQuery())
        #expect(trail.map(\.kind) == [.act(.liftBrakes), .act(.setBrakes)])
        #expect(trail.map(\.administrator) == ["olga", "mara"])
        #expect(trail.last?.detail.contains("country GB") == true && trail.first?.detail.contains("GB") == true)
        look.close()
        await world.end(store)
    }

    @Test("8 brakes: a person who is named in a reason can be erased", arguments: StoreKind.allCases)
    func erased(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let store = try await world.worker()
        let now = world.time.wall
        let until = now + Self.hour
        for (stop, why) in [(Brake.Stop.sends, "anna complained"), (.country("GB"), "pumping")] {
            try await world.brake(.set(Self.brake(stop, until: until, why: why, at: now)))
        }
        try await store.write([.user(Sample.user("anna")), .erase(user: "anna", pseudonym: "erased-1")])
        let brakes = try await store.situation(of: Job.Login(user: "bob")).brakes
        #expect(brakes.brakes.map(\.why) == ["", "pumping"] && brakes.brakes.map(\.until) == [until, until])
        await world.end(store)
    }

    @Test(
        "8 brakes: a value that nobody wrote stops numbers that are not proven, and no others; a lift of all mends it",
        arguments: StoreKind.allCases)
    func damaged(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let store = try await world.worker()
        let now = world.time.wall
        try await world.brake(.set(Self.brake(.country("GB"), until: now + Self.hour, at: now)))
        try await world.change("UPDATE site_option SET value = 'nonsense' WHERE name = 'brakes'")
        let login = Job.Login(user: "ada")
        let brakes = try await store.situation(of: login).brakes
        #expect(brakes.hold(on: .sms, to: nil, isProven: false, at: now)?.stop == .sends)
        #expect(brakes.hold(on: .sms, to: nil, isProven: true, at: now) == nil)
        let look = try await world.look()
        #expect(try await look.brakes() == brakes)
        #expect(try await world.brake(.lift(nil, by: "olga", why: "mended")) == .lifted([]))
        #expect(try await store.situation(of: login).brakes == Brakes())
        #expect(try await look.audit(AuditQuery()).map(\.kind) == [.act(.liftBrakes), .act(.setBrakes)])
        look.close()
        await world.end(store)
    }

    @Test(
        "8 brakes: of several operators at once each one's stands, beside an erasure too", arguments: StoreKind.allCases
    )
    func atOnce(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let store = try await world.worker()
        let now = world.time.wall
        let until = now + Self.hour
        try await store.write([.user(Sample.user("anna"))])
        try await world.brake(.set(Self.brake(.sends, until: until, why: "anna complained", at: now)))
        let countries = ["GB", "US", "FR", "ES", "DO", "DE"]
        try await withThrowingTaskGroup { group in
            for country in countries {
                group.addTask { try await world.brake(.set(Self.brake(.country(country), until: until, at: now))) }
            }
            group.addTask {
                try await store.write([.erase(user: "anna", pseudonym: "erased-1")])
                return .set
            }
            for try await result in group { #expect(result == .set) }
        }
        let brakes = try await store.situation(of: Job.Login(user: "bob")).brakes.brakes
        #expect(Set(brakes.map(\.stop)) == Set([.sends] + countries.map { .country($0) }))
        #expect(brakes.allSatisfy { !$0.why.contains("anna") })
        await world.end(store)
    }
}
