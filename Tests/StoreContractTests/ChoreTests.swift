import Basics
import Store
import TestKit
import Testing
import Wire

@Suite("Design 2: what is still to be undone at Twilio", .timeLimit(.minutes(10)))
struct ChoreTests {
    private let chore = ProviderChore.cancelVerification(sid: "VE1")

    @Test("due after a pause that grows with every try, until it is done", arguments: StoreKind.allCases)
    func pauses(_ kind: StoreKind) async throws {
        try await withStore(kind) { world, store in
            try await store.write([.chore(chore)])
            #expect(try await store.takeDueChores(limit: 9).isEmpty)
            var pauses: [Duration] = []
            for tries in 1...12 {
                let began = world.time.wall
                var taken: [ProviderChoreRow] = []
                while taken.isEmpty {
                    world.time.advance(.seconds(5))
                    taken = try await store.takeDueChores(limit: 9)
                }
                #expect(taken.map(\.chore) == [chore] && taken.map(\.tries) == [tries])
                pauses.append(world.time.wall - began)
            }
            #expect(pauses == pauses.sorted())
            #expect(pauses.prefix(3) == [.seconds(15), .seconds(30), .seconds(60)] && pauses.last == .seconds(3600))
            try await store.write([.choreDone(1)])
            world.time.advance(.seconds(7200))
            #expect(try await store.takeDueChores(limit: 9).isEmpty)
        }
    }

    @Test("one worker's at a time, the oldest first", arguments: StoreKind.allCases)
    func turns(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let (one, other) = (try await world.worker(), try await world.worker())
        for sid in ["VE1", "VE2", "VE3"] {
            try await one.write([.chore(.cancelVerification(sid: sid))])
            world.time.advance(.seconds(1))
        }
        world.time.advance(.seconds(20))
        #expect(try await one.takeDueChores(limit: 2).map(\.id) == [1, 2])
        #expect(try await other.takeDueChores(limit: 2).map(\.id) == [3])
        for store in [one, other] { await world.end(store) }
    }

    @Test(
        "what lets somebody in goes before enrolments that were given up, however many", arguments: StoreKind.allCases)
    func priority(_ kind: StoreKind) async throws {
        try await withStore(kind) { world, store in
            let old = (1...3).map { ProviderChore.removeEnrolment(OldFactor(identity: "new-\($0)", factorSID: nil)) }
            let reset = ProviderChore.removeFactor(OldFactor(identity: "lost", factorSID: "YF1"))
            for chore in old + [reset, .cancelVerification(sid: "VE1")] {
                try await store.write([.chore(chore)])
                world.time.advance(.seconds(1))
            }
            world.time.advance(.seconds(20))
            func take() async throws -> [ProviderChore] { try await store.takeDueChores(limit: 3).map(\.chore) }
            #expect(try await take() == [reset, .cancelVerification(sid: "VE1"), old[0]])
            #expect(try await take() == [old[1], old[2]])
        }
    }

    @Test("a code of any number ends by its SID, once", arguments: StoreKind.allCases)
    func endCode(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            try await store.write([.code(try Sample.code("VE1"))])
            func ended() async throws -> Reason? { try await store.look(Sample.job(RandomID.uuid())).code?.ended }
            try await store.write([.endCode(sid: "VE2", .reset)])
            #expect(try await ended() == nil)
            try await store.write([.endCode(sid: "VE1", .reset), .endCode(sid: "VE1", .codeUsed)])
            #expect(try await ended() == .reset)
        }
    }
}
