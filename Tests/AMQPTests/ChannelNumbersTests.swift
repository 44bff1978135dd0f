import Testing

@testable import AMQP

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
