import Basics
import Store
import TestKit
import Testing
import Wire

@Suite("Contract 2: lists of people", .timeLimit(.minutes(10)))
struct ListTests {
    private static let names = ["Zoë", "a", "ab", "b", "B", "é", "用户", "z"]

    private func fill(_ store: any LoginStore) async throws {
        for (index, name) in Self.names.enumerated() {
            let user = Sample.user(name) {
                $0.required = index % 2 == 0
                if index % 4 < 2 { $0.phone = try? Sample.phone() }
                if index % 8 >= 6 {
                    $0.authenticator = Authenticator(factorSID: "YF", identity: "i", registeredAt: Sample.now)
                }
            }
            try await store.write([.user(user)])
        }
        try await store.write([.user(UserRecord(name: "never named"))])
    }

    private func page(
        _ store: any LoginStore, _ filter: UserFilter? = nil, after: String? = nil, limit: Int = 500
    ) async throws -> [String] {
        try await store.look(at: "") { $0.page = UserPage(filter: filter, after: after, limit: limit) }.page.map(\.name)
    }

    @Test("2 admin.user.list: by name, byte by byte; nobody who is not known", arguments: StoreKind.allCases)
    func order(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            try await fill(store)
            #expect(try await page(store) == ["B", "Zoë", "a", "ab", "b", "z", "é", "用户"])
        }
    }

    @Test("2 admin.user.list: after and limit walk through all, once each", arguments: StoreKind.allCases)
    func paging(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            try await fill(store)
            for limit in 1...9 {
                var names: [String] = []
                while true {
                    let next = try await page(store, after: names.last, limit: limit)
                    guard !next.isEmpty else { break }
                    names += next
                }
                #expect(names == ["B", "Zoë", "a", "ab", "b", "z", "é", "用户"])
            }
            #expect(try await page(store, after: "c") == ["z", "é", "用户"])
        }
    }

    @Test("2 admin.user.list: filter required, registered, unregistered", arguments: StoreKind.allCases)
    func filters(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            try await fill(store)
            let all = Self.names.indices
            func names(_ indices: [Int]) -> Set<String> { Set(indices.map { Self.names[$0] }) }
            let required = Set(try await page(store, .required))
            #expect(required == names(all.filter { $0 % 2 == 0 }))
            let registered = all.filter { $0 % 4 < 2 || $0 % 8 >= 6 }
            let found = Set(try await page(store, .registered))
            #expect(found == names(registered))
            let others = Set(try await page(store, .unregistered))
            #expect(others == names(all.filter { !registered.contains($0) }))
        }
    }

    @Test("3 effect: how many people are alike, unknown ones left out", arguments: StoreKind.allCases)
    func census(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            try await fill(store)
            for name in ["g1", "g2"] {
                try await store.write([.user(Sample.user(name) { $0.graceUntil = Sample.now })])
            }
            let groups = try await store.look(at: "") { $0.census = true }.census
            func count(_ matches: (Census) -> Bool) -> Int { groups.filter(matches).reduce(0) { $0 + $1.count } }
            #expect(count { _ in true } == 10)
            #expect(count { $0.required } == 4)
            #expect(count { $0.graceUntil == Sample.now } == 2)
            #expect(count { $0.factors == [.phone] } == 4 && count { $0.factors == [.authenticator] } == 2)
            #expect(try await store.look(at: "").census.isEmpty)
        }
    }
}
