import TestKit
import Testing

@testable import AMQP

@Suite struct FIFOTests {
    @Test("what went in first comes out first, as with an array", arguments: 1...20)
    func likeAnArray(seed: Int) {
        var generator = Seeded(UInt64(seed))
        var fifo = FIFO<Int>()
        var array: [Int] = []
        for number in 0..<500 {
            if Bool.random(using: &generator) {
                fifo.append(number)
                array.append(number)
            } else {
                let first = fifo.popFirst()
                #expect(first == array.first)
                array = Array(array.dropFirst())
            }
            #expect(fifo.count == array.count)
            #expect(fifo.isEmpty == array.isEmpty)
        }
        let rest = fifo.drain()
        #expect(rest == array)
        #expect(fifo.isEmpty)
    }
}

@Suite struct ChannelNumbersTests {
    @Test("the lowest free number is handed out, none beyond the limit")
    func lowest() {
        var numbers = ChannelNumbers(limit: 3)
        let first = (0..<4).map { _ in numbers.take() }
        #expect(first == [1, 2, 3, nil])
        numbers.release(2)
        numbers.release(1)
        let next = (0..<3).map { _ in numbers.take() }
        #expect(next == [1, 2, nil])
        var none = ChannelNumbers(limit: 0)
        let nothing = none.take()
        #expect(nothing == nil)
    }
}
