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
        var rules = scene.admin(kind, action, user: "")
        rules.letters.letters = letters
        rules.letters.counts = ["waiting": letters.count]
        return try rules.answer(scene.situation())
    }

    private func moved(_ answer: Answer) -> (ids: [Int64], state: DeadLetterState, dueAt: [Timestamp])? {
        for case .letters(let ids, let state, let dueAt, _) in answer.changes { return (ids, state, dueAt) }
        return nil
    }

    @Test("2 admin.dead.list: counts, and the letters without their bodies")
    func list() throws {
        let letters = [
            scene.letter(1), scene.letter(2, .discarded, reason: .poison), scene.letter(3, reason: .poison),
        ]
        let reply = try answer(.adminDeadList, .deadList(DeadSelection()), letters).reply
        #expect(reply.counts == ["waiting": 3])
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
        #expect(try answer.reply.counts == ["waiting": 1])
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

    @Test("8 replies: 48 KiB at most; the list ends earlier and names the last, and a body too long for one is cut")
    func bounded() throws {
        let letters = (1...400).map { number in
            var row = scene.letter(Int64(number))
            row.letter.messageID = String(repeating: "m", count: 300)
            return row
        }
        let list = try answer(.adminDeadList, .deadList(DeadSelection()), letters)
        let shown = try #require(try list.reply.letters)
        #expect(list.body.count <= 48 * 1024 && shown.count > 50)
        #expect(try list.reply.next == String(shown.count))
        var long = scene.letter(1)
        // Each of these is six bytes in JSON.
        long.letter.body = Redacted(Array(repeating: 1, count: 15_000))
        let show = try answer(.adminDeadShow, .deadShow(DeadSelection()), [long, scene.letter(2)])
        #expect(show.body.count <= 48 * 1024)
        let first = try #require(try show.reply.letters?.first)
        #expect(first.cut == true && first.body?.isEmpty == false)
    }

    @Test("long acts go in steps, and the last is the job's own")
    func steps() throws {
        let letters = (1...1200).map { scene.letter(Int64($0)) }
        var rules = scene.admin(.adminDeadDiscard, .deadDiscard(DeadSelection(), reason: nil), user: "")
        rules.letters.letters = letters
        let moves = try #require(rules.letterMoves(at: scene.now))
        #expect(moves.steps.map(\.count) == [500, 500, 200])
        for step in moves.steps.dropLast() { rules.moved = rules.moved + moves.tally(of: step) }
        let answer = try rules.answer(scene.situation())
        #expect(moved(answer)?.ids == (1001...1200).map { Int64($0) })
        #expect(try answer.reply.counts == ["discarded": 1200, "selected": 1200])
        #expect(answer.audit?.detail == #"{"discarded":"200"}"#)
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
            #expect(scene.admin(kind, action, user: "").letterQuery?.selection == selection)
        }
    }

    @Test("2 admin.dead.replay, discard: a limit is of letters that wait, unless others are asked for")
    func waiting() {
        var selection = DeadSelection()
        (selection.routingKey, selection.limit) = ("send", 100)
        func state(_ kind: JobKind, _ action: AdminAction) -> DeadLetterState? {
            scene.admin(kind, action, user: "").letterQuery?.selection.state
        }
        #expect(state(.adminDeadReplay, .deadReplay(selection, perSecond: 1, evenLate: false)) == .waiting)
        #expect(state(.adminDeadDiscard, .deadDiscard(selection, reason: nil)) == .waiting)
        #expect(state(.adminDeadRestore, .deadRestore(selection)) == nil)
        #expect(state(.adminDeadList, .deadList(selection)) == nil)
        selection.state = .discarded
        #expect(state(.adminDeadReplay, .deadReplay(selection, perSecond: 1, evenLate: false)) == .discarded)
    }
}
