import Basics
import Pipeline
import Testing
import Wire

@testable import Worker

@Suite(.timeLimit(.minutes(10))) struct ChannelBoardTests {
    @Test("a change is told, once for however many calls")
    func changes() async {
        let board = ChannelBoard()
        for _ in 0..<20 {
            board.observed(ObservedCall(channel: .code(.call), result: .faulty, duration: .seconds(1), country: nil))
        }
        var told = board.changes.makeAsyncIterator()
        await told.next()
        #expect(board.status().channels["call"]?.state == .down)
        board.switchOff([.code(.call)])
        board.poke()
        await told.next()
        #expect(board.status().channels["call"]?.state == .off)
    }
}
