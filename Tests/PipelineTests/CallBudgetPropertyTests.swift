import Basics
import Store
import TestKit
import Testing
import Wire

@testable import Pipeline

@Suite("CallBudget, whatever happens", .timeLimit(.minutes(10)))
struct CallBudgetPropertyTests {
    /// A call on its way.
    private struct Call {
        var place: CallPlace
        var departedAt: MonotonicTime?
    }

    @Test("no window and no moment sees more calls than the limits allow", arguments: 1...10)
    func limitsHold(_ seed: UInt64) async throws {
        var chance = Seeded(seed)
        let limits = CallLimits(
            perSecond: .random(in: 0...8, using: &chance), atOnce: .random(in: 1...6, using: &chance))
        let scene = try await BudgetScene(limits, workers: .random(in: 1...4, using: &chance))
        var calls: [Call] = []
        var departures: [MonotonicTime] = []
        for step in 0..<600 {
            await scene.advance(.milliseconds(.random(in: 0...20, using: &chance)))
            if Int.random(in: 0..<100, using: &chance) == 0 {
                scene.stores.randomElement(using: &chance)?.setAway(.random(using: &chance))
            }
            try await disturb(scene, &calls, &departures, using: &chance)
            let now = scene.time.now
            calls.removeAll { call in
                guard let departedAt = call.departedAt, now - departedAt > .seconds(10) else { return false }
                call.place.leave()
                return true
            }
            let underWay = calls.count { $0.departedAt != nil }
            let recent = departures.count { now - $0 < .seconds(1) }
            try #require(underWay <= limits.atOnce, "seed \(seed), step \(step), \(limits)")
            try #require(limits.perSecond == 0 || recent <= limits.perSecond, "seed \(seed), step \(step), \(limits)")
        }
        #expect(departures.count > 3)
    }

    private let lines: [CallLine] = [.read] + LaneName.allCases.map(CallLine.lane)

    private func disturb(
        _ scene: BudgetScene, _ calls: inout [Call], _ departures: inout [MonotonicTime],
        using chance: inout Seeded
    ) async throws {
        if calls.count < 30, Int.random(in: 0..<3, using: &chance) == 0 {
            let budget = try #require(scene.budgets.randomElement(using: &chance))
            calls.append(Call(place: budget.lineUp(in: lines.randomElement(using: &chance) ?? .read)))
            await scene.settle()
        }
        guard let index = calls.indices.randomElement(using: &chance) else { return }
        if calls[index].departedAt == nil, Int.random(in: 0..<4, using: &chance) > 0 {
            guard calls[index].place.mayDepart() else { return }
            calls[index].departedAt = scene.time.now
            departures.append(scene.time.now)
        } else {
            calls[index].place.leave()
            calls.remove(at: index)
        }
    }
}
