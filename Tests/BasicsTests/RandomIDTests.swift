import Basics
import Testing

@Suite("RandomID")
struct RandomIDTests {
    @Test("has two lower-case hexadecimal digits per byte", arguments: [0, 1, 8, 32])
    func hex(bytes: Int) {
        let text = RandomID.hex(bytes: bytes)
        #expect(text.count == bytes * 2)
        #expect(text.allSatisfy { "0123456789abcdef".contains($0) })
    }

    @Test("is a version 4 UUID with the right variant")
    func uuid() throws {
        for _ in 0..<100 {
            let text = RandomID.uuid()
            #expect(text.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12])
            let characters = Array(text)
            #expect(characters[14] == "4")
            #expect("89ab".contains(characters[19]))
            #expect(text == text.lowercased())
        }
    }

    @Test("never comes twice")
    func unique() {
        #expect(Set((0..<2000).map { _ in RandomID.uuid() }).count == 2000)
        #expect(Set((0..<2000).map { _ in RandomID.hex(bytes: 16) }).count == 2000)
    }
}
