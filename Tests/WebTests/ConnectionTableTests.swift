import TestKit
import Testing

@testable import Web

@Suite("Contract 7: connections to ops.listen") struct ConnectionTableTests {
    @Test("up to the limit everybody is taken; then whoever has waited longest makes room")
    func oldestGoes() {
        var table = ConnectionTable<Int>(most: 3)
        for id in 1...3 { #expect(table.opened(id, isShort: false) == .take) }
        #expect(table.opened(4, isShort: false) == .takeInPlace(of: 1))
        table.began(2)
        #expect(table.opened(5, isShort: false) == .takeInPlace(of: 3))
        table.answered(2)
        // Its wait began anew with its answer.
        #expect(table.opened(6, isShort: false) == .takeInPlace(of: 4))
        #expect(table.count == 3)
    }

    @Test("whoever is being answered stays; when all are, the newcomer goes")
    func busy() {
        var table = ConnectionTable<Int>(most: 2)
        for id in 1...2 {
            #expect(table.opened(id, isShort: false) == .take)
            table.began(id)
        }
        #expect(table.opened(3, isShort: false) == .refuse)
        table.closed(1)
        #expect(table.opened(4, isShort: false) == .take)
    }

    @Test("while descriptors are short nobody is taken")
    func short() {
        var table = ConnectionTable<Int>(most: 2)
        #expect(table.opened(1, isShort: true) == .refuse)
        #expect(table.count == 0)
    }

    @Test("whatever happens in whatever order, no more are open than may be, and who is answered is never closed")
    func anyOrder() {
        var generator = Seeded(11)
        for _ in 0..<200 {
            var table = ConnectionTable<Int>(most: 4)
            var (open, busy): (Set<Int>, Set<Int>) = ([], [])
            for id in 0..<60 {
                switch table.opened(id, isShort: Bool.random(using: &generator) && id % 7 == 0) {
                case .take: open.insert(id)
                case .takeInPlace(let other):
                    #expect(!busy.contains(other))
                    #expect(open.remove(other) != nil)
                    open.insert(id)
                case .refuse: break
                }
                // Also of those that are gone: such news come late.
                let some = Int.random(in: 0...id, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0:
                    table.began(some)
                    if open.contains(some) { busy.insert(some) }
                case 1:
                    table.answered(some)
                    busy.remove(some)
                default:
                    table.closed(some)
                    open.remove(some)
                    busy.remove(some)
                }
                #expect(table.count == open.count && open.count <= 4)
            }
        }
    }

    @Test("descriptors are short when the lowest free number comes near the limit; of a low limit a quarter is kept")
    func descriptors() {
        #expect(!Descriptors.isShort(next: 767, limit: 1024))
        #expect(Descriptors.isShort(next: 768, limit: 1024))
        #expect(!Descriptors.isShort(next: 65_279, limit: 65_536))
        #expect(Descriptors.isShort(next: 65_280, limit: 65_536))
        #expect(Descriptors.isShort(next: 48, limit: 64))
        #expect(!Descriptors.isShort(next: 40, limit: .max))
    }
}
