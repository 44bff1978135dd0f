import Basics
import Testing

@testable import App

@Suite("What a service manager is told of a worker")
struct ReportPlanTests {
    private let start = MonotonicTime.now()

    @Test("ready once it has begun and once only, then words when they change, then that it stops")
    func life() {
        var plan = ReportPlan(watchdog: nil)
        let lanes = ["verify.send is not consumed"]
        #expect(
            plan.notices(hasBegun: false, isDraining: false, obstacles: lanes, at: start)
                == [.status("starts: verify.send is not consumed")])
        #expect(plan.notices(hasBegun: false, isDraining: false, obstacles: lanes, at: start).isEmpty)
        #expect(
            plan.notices(hasBegun: true, isDraining: false, obstacles: [], at: start)
                == [.ready, .status("takes jobs")])
        #expect(
            plan.notices(hasBegun: true, isDraining: false, obstacles: ["a", "b"], at: start)
                == [.status("takes no jobs: a; b")])
        #expect(plan.notices(hasBegun: true, isDraining: false, obstacles: [], at: start) == [.status("takes jobs")])
        #expect(
            plan.notices(hasBegun: true, isDraining: true, obstacles: ["draining"], at: start)
                == [.stopping, .status("draining")])
        #expect(plan.notices(hasBegun: true, isDraining: true, obstacles: ["draining"], at: start).isEmpty)
    }

    @Test("a pause is told beside what it does, and the start is over all the same")
    func paused() {
        var plan = ReportPlan(watchdog: nil)
        let pauses = ["verify.send is paused by an operator"]
        #expect(
            plan.notices(hasBegun: true, isDraining: false, obstacles: [], pauses: pauses, at: start)
                == [.ready, .status("takes jobs, but verify.send is paused by an operator")])
        #expect(
            plan.notices(hasBegun: true, isDraining: false, obstacles: ["a"], pauses: pauses, at: start)
                == [.status("takes no jobs: a")])
    }

    @Test("a sign of life three times in the watchdog's time, whatever else is the matter")
    func watchdog() {
        var plan = ReportPlan(watchdog: .seconds(30))
        let signs = (0..<90).filter { second in
            let isWell = second % 2 == 0
            return plan.notices(
                hasBegun: true, isDraining: second > 60, obstacles: isWell ? [] : ["no connection"],
                at: start + .seconds(second)
            ).contains(.alive)
        }
        #expect(signs == [0, 10, 20, 30, 40, 50, 60, 70, 80])
    }
}
