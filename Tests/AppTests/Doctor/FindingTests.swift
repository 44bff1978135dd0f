import Testing

@testable import App

@Suite("Findings of doctor")
struct FindingTests {
    @Test("say what is well, or the gravest issue first")
    func gravest() {
        let well = Finding("store", well: "sound")
        #expect(well.level == .ok)
        #expect(well.message == "sound")
        #expect(well.details.isEmpty)
        let wrong = Finding("store", well: "sound", [.warn("odd"), .fail("broken"), .warn("odd too"), .fail("worse")])
        #expect(wrong.level == .fail)
        #expect(wrong.message == "broken")
        #expect(wrong.details == ["worse", "odd", "odd too"])
        #expect(Finding("store", well: "sound", [.warn("odd")]).level == .warn)
    }

    @Test("are counted, and only failures spoil the whole unless it is strict")
    func summary() {
        var summary = DoctorSummary()
        #expect(summary.description == "0 ok, 0 warnings, 0 failures")
        #expect(summary.isWell(strict: true))
        summary.count(Finding("a", well: ""))
        summary.count(Finding("b", well: "", [.warn("x")]))
        #expect(summary.description == "1 ok, 1 warning, 0 failures")
        #expect(summary.isWell(strict: false))
        #expect(!summary.isWell(strict: true))
        summary.count(Finding("c", well: "", [.fail("x")]))
        #expect(summary.description == "1 ok, 1 warning, 1 failure")
        #expect(!summary.isWell(strict: false))
    }
}
