import Basics
import Store
import Testing
import Wire

@testable import Pipeline

@Suite("Contract 2: administrators and dead letters")
struct AdminDeadLettersTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    private func answer(_ kind: JobKind, _ action: AdminAction, _ letters: [DeadLetterRow]) throws -> Answer {
        try scene.admin(kind, action, user: "").answer(scene.situation { $0.letters = letters })
    }

    private func moved(_ answer: Answer) -> (ids: [Int64], state: DeadLetterState, dueAt: [Timestamp])? {
        for case .letters(let ids, let state, let dueAt) in answer.changes { return (ids, state, dueAt) }
        return nil
    }

    @Test("2 admin.dead.list: counts, and the letters without their bodies")
    func list() throws {
        let letters = [
            scene.letter(1), scene.letter(2, .discarded, reason: .poison), scene.letter(3, reason: .poison),
        ]
        let reply = try answer(.adminDeadList, .deadList(DeadSelection()), letters).reply
        #expect(
            reply.counts == ["waiting": 2, "discarded": 1, "reason.malformed": 1, "reason.poison": 2])
        #expect(reply.letters?.map(\.id) == [1, 2, 3] && reply.letters?.compactMap(\.body) == [])
        let first = try #require(reply.letters?.first)
        #expect(first.key == "send" && first.frontEnd == "portal" && first.job == "old" && first.replays == 2)
        #expect(first.at == (scene.now - .seconds(60)).description)
    }

    @Test("2 admin.dead.show: with their bodies; 5.6 numbers masked outside the store")
    func show() throws {
        let answer = try answer(.adminDeadShow, .deadShow(DeadSelection()), [scene.letter(1)])
        let body = try #require(try answer.reply.letters?.first?.body)
        #expect(body.contains(#""user":"u7""#) && !body.contains("4155550142"))
        #expect(try answer.reply.counts == ["waiting": 1, "reason.malformed": 1])
    }

    @Test("2 admin.dead.replay: at its rate, one after the other, waiting ones only")
    func replay() throws {
        let letters =
            [scene.letter(1, deadline: .seconds(9)), scene.letter(2, .discarded), scene.letter(3, .replayed)]
            + (4...7).map { scene.letter($0, deadline: .seconds(9)) }
        let answer = try answer(.adminDeadReplay, .deadReplay(DeadSelection(), perSecond: 4, evenLate: false), letters)
        let taken = try #require(moved(answer))
        #expect(taken.ids == [1, 4, 5, 6, 7] && taken.state == .replaying)
        #expect(taken.dueAt == (0..<5).map { scene.now + .milliseconds($0 * 250) })
        #expect(try answer.reply.counts == ["replaying": 5, "late": 0, "selected": 7])
    }

    @Test("2 Replay: refused for a job past its deadline unless asked for")
    func late() throws {
        let letters = [
            scene.letter(1, deadline: .seconds(2)), scene.letter(2, deadline: .milliseconds(1999)), scene.letter(3),
        ]
        func ids(_ evenLate: Bool) throws -> [Int64]? {
            let action = AdminAction.deadReplay(DeadSelection(), perSecond: 10, evenLate: evenLate)
            let answer = try answer(.adminDeadReplay, action, letters)
            #expect(try answer.reply.counts?["late"] == (evenLate ? 0 : 2))
            return moved(answer)?.ids
        }
        #expect(try ids(false) == [1])
        #expect(try ids(true) == [1, 2, 3])
    }

    @Test("2 admin.dead.discard: waiting ones, with the reason in the trail; 2 admin.dead.restore: discarded ones")
    func moves() throws {
        let letters = DeadLetterState.allCases.enumerated().map { scene.letter(Int64($0.offset + 1), $0.element) }
        let discarded = try answer(.adminDeadDiscard, .deadDiscard(DeadSelection(), reason: "stale"), letters)
        let gone = try #require(moved(discarded))
        #expect(gone.ids.map { letters[Int($0) - 1].state } == [.waiting] && gone.state == .discarded)
        #expect(discarded.audit?.detail == #"{"discarded":"1","reason":"stale"}"#)
        #expect(try discarded.reply.counts == ["discarded": 1, "selected": 4])
        let restored = try answer(.adminDeadRestore, .deadRestore(DeadSelection()), letters)
        let back = try #require(moved(restored))
        #expect(Set(back.ids.map { letters[Int($0) - 1].state }) == [.discarded, .replaying] && back.state == .waiting)
        #expect(try restored.reply.counts == ["restored": 2, "selected": 4])
    }

    @Test("2 admin.dead.*: ids or filter are what is looked at")
    func wanted() {
        var selection = DeadSelection()
        selection.ids = [4]
        for (kind, action) in [
            (JobKind.adminDeadList, AdminAction.deadList(selection)), (.adminDeadShow, .deadShow(selection)),
            (.adminDeadReplay, .deadReplay(selection, perSecond: 1, evenLate: false)),
            (.adminDeadDiscard, .deadDiscard(selection, reason: nil)), (.adminDeadRestore, .deadRestore(selection)),
        ] {
            #expect(scene.admin(kind, action, user: "").wanted.letters == selection)
        }
    }
}
