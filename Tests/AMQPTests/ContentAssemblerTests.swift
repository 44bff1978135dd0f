import Testing

@testable import AMQP

@Suite struct ContentAssemblerTests {
    private let start = ContentAssembler.Start.delivery(tag: 1, exchange: "e", routingKey: "k", redelivered: false)

    @Test("a body in pieces is put together")
    func pieces() {
        let assembler = ContentAssembler(limit: 10)
        assembler.start(start)
        #expect(assembler.header(MessageProperties(), size: 4) == nil)
        #expect(assembler.body([1, 2]) == nil)
        #expect(assembler.body([3, 4])?.body == .bytes([1, 2, 3, 4]))
    }

    @Test("an empty body is complete with its header")
    func empty() {
        let assembler = ContentAssembler(limit: 10)
        assembler.start(start)
        #expect(assembler.header(MessageProperties(), size: 0)?.body == .bytes([]))
    }

    @Test("a body beyond the limit is drained, and the next message is whole again")
    func tooLarge() {
        let assembler = ContentAssembler(limit: 3)
        assembler.start(start)
        #expect(assembler.header(MessageProperties(), size: 5) == nil)
        #expect(assembler.body([1, 2, 3]) == nil)
        #expect(assembler.body([4, 5])?.body == .tooLarge(5))
        assembler.start(start)
        #expect(assembler.header(MessageProperties(), size: 1) == nil)
        #expect(assembler.body([9])?.body == .bytes([9]))
    }

    @Test("frames without a beginning belong to nothing, and more than was promised is cut")
    func disorder() {
        let assembler = ContentAssembler(limit: 10)
        #expect(assembler.header(MessageProperties(), size: 0) == nil)
        #expect(assembler.body([1]) == nil)
        assembler.start(start)
        #expect(assembler.header(MessageProperties(), size: 2) == nil)
        #expect(assembler.body([1, 2, 3])?.body == .bytes([1, 2]))
    }
}
