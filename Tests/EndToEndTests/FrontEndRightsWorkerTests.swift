import TestKit
import Testing
import Wire

@Suite("A worker with least rights", .timeLimit(.minutes(10))) struct FrontEndRightsWorkerTests {
    @Test("starts without the right to declare anything, serves a front end that has only its own, and drains")
    func serves() async throws {
        let rights = try await FrontEndRightsStage()
        let stage = try await Stage(
            users: (rights.url(of: rights.worker), rights.url(of: rights.web), rights.web))
        let worker = try stage.worker()
        let number = "+14155550142"
        let login = ["user": "anna", "login": "registration"]
        let sent = try await stage.ask(.registerPhone, login.merging(["phone": number, "channel": "sms"]) { $1 })
        #expect(sent.outcome == .sent)
        let checked = try await stage.ask(.check, login.merging(["code": stage.code(number)]) { $1 })
        #expect(checked.outcome == .approved)
        worker.kill(15)
        #expect(await worker.waitUntilEnd() == 0)
        #expect(!worker.output.contains("403"), "\(worker.output)")
    }
}
