import Basics
import Testing
import TwilioSimulator
import TwilioVerify

@testable import App

@Suite("Setting up and checking a Verify service", .timeLimit(.minutes(10))) struct TwilioSetupTests {
    private func named(_ name: String?) -> TwilioWishes {
        var wishes = TwilioWishes()
        wishes.friendlyName = name
        return wishes
    }

    private func services(_ app: App) async throws -> [Service] {
        try await app.client(as: try app.settings.account(needsService: false)).services()
    }

    @Test func `Done twice it makes one service, and the second time changes nothing`() async throws {
        let stage = await TwilioStage()
        let app = try await stage.app()
        let first = try await app.setUpTwilio(named("Shop"))
        #expect(first.action == .created)
        #expect(first.account == TwilioStage.account)
        let second = try await app.setUpTwilio(named("Shop"))
        #expect(second.action == .unchanged)
        #expect(second.service == first.service)
        #expect(second.changes.isEmpty)
        let all = try await services(app)
        #expect(all.map(\.settings.friendlyName) == ["Simulator", "Shop"])
        let findings = try await stage.app(service: first.service).checkTwilio()
        #expect(findings.filter { $0.state == .warning || $0.state == .wrong }.map(\.topic) == ["api_key"])
    }

    @Test func `A dry run tells the same and does nothing`() async throws {
        let stage = await TwilioStage()
        let app = try await stage.app()
        let dry = try await app.setUpTwilio(named("Shop"), isDryRun: true)
        #expect(dry.action == .created)
        #expect(dry.service == nil)
        #expect(try await services(app).count == 1)
        let made = try await app.setUpTwilio(named("Shop"))
        #expect(dry.changes == made.changes)
        var longer = named("Shop")
        longer.codeLength = 8
        let change = try await app.setUpTwilio(longer, isDryRun: true)
        #expect(change.changes == [TwilioChange(setting: "code_length", from: "6", to: "8")])
        #expect(try await services(app).last?.settings.codeLength == 6)
    }

    @Test func `An existing service is brought to it by its SID, the configured one by itself`() async throws {
        let stage = await TwilioStage()
        let preset = SimulatorConfiguration().serviceSID
        let byName = try await stage.app().setUpTwilio(named("Other"), service: preset)
        #expect(byName.action == .updated)
        #expect(byName.service == preset)
        #expect(byName.changes.first == TwilioChange(setting: "friendly_name", from: "Simulator", to: "Other"))
        let again = try await stage.app(service: preset).setUpTwilio(named(nil))
        #expect(again.action == .unchanged)
        #expect(again.name == "Other")
    }

    @Test func `Two of one name, none of a SID, no name at all are no guess`() async throws {
        let stage = await TwilioStage()
        let app = try await stage.app()
        let twilio = try app.client(as: try app.settings.account(needsService: false))
        for _ in 1...2 { _ = try await twilio.createService(named("Twin").settings(isNew: true)) }
        for (name, sid, code) in [
            ("Twin", nil, 78), ("Shop", "VA" + String(repeating: "9", count: 32), 78), (nil, nil, 64),
        ]
            as [(String?, String?, Int32)]
        {
            let problem = await #expect(throws: TwilioProblem.self) {
                try await app.setUpTwilio(named(name), service: sid)
            }
            #expect(problem?.exitCode == code)
        }
        #expect(try await services(app).count == 3)
    }

    @Test func `A lost answer is told, and the next run finds what was made`() async throws {
        let stage = await TwilioStage()
        let app = try await stage.app()
        let twilio = try app.client(as: try app.settings.account(needsService: false))
        stage.simulator.setFault(SimulatorFault(.closeAfter, count: 1), on: .services)
        let failure = await #expect(throws: CallFailure.self) {
            try await twilio.createService(named("Shop").settings(isNew: true))
        }
        #expect(failure?.effect == .unknown)
        let told = failure.map { TwilioProblem($0, while: "make the service", isChange: true).description }
        #expect(told?.contains("it may have been done all the same") == true)
        #expect(try await app.setUpTwilio(named("Shop")).action == .unchanged)
    }

    @Test(
        arguments: [
            (SimulatorFault.Kind.unauthorized, 77), (.tooManyRequests, 75), (.serverError, 69), (.unavailable, 69),
            (.html, 69), (.empty, 69), (.garbage, 69), (.cutShort, 69), (.huge, 69), (.closeBefore, 69),
        ] as [(SimulatorFault.Kind, Int32)])
    func `What Twilio does wrong has its exit code`(kind: SimulatorFault.Kind, code: Int32) async throws {
        let stage = await TwilioStage()
        let app = try await stage.app(service: SimulatorConfiguration().serviceSID)
        stage.simulator.setFault(SimulatorFault(kind))
        let check = await #expect(throws: TwilioProblem.self) { try await app.checkTwilio() }
        #expect(check?.exitCode == code)
        #expect(check?.description.contains("may have been done") == false)
        let setup = await #expect(throws: TwilioProblem.self) { try await app.setUpTwilio(named("Shop")) }
        #expect(setup?.exitCode == code)
        #expect(setup?.description.contains(TwilioStage.token) == false)
    }

    @Test(arguments: [SimulatorFault.Kind.extra, .created, .wrongType, .delay])
    func `What Twilio may do is taken`(kind: SimulatorFault.Kind) async throws {
        let stage = await TwilioStage()
        let app = try await stage.app()
        stage.simulator.setFault(SimulatorFault(kind, delay: .milliseconds(1)))
        #expect(try await app.setUpTwilio(named("Shop")).action == .created)
        #expect(try await app.setUpTwilio(named("Shop")).action == .unchanged)
    }

    @Test func `A refused name is bad data`() async throws {
        let stage = await TwilioStage()
        let problem = await #expect(throws: TwilioProblem.self) {
            try await stage.app().setUpTwilio(named("Restricted"))
        }
        #expect(problem?.exitCode == 65)
    }

    @Test func `Every service is looked at, however many there are`() async throws {
        let stage = await TwilioStage()
        let app = try await stage.app()
        let twilio = try app.client(as: try app.settings.account(needsService: false))
        for index in 0..<101 {
            var settings = ServiceSettings()
            settings.friendlyName = "Shop \(index)"
            _ = try await twilio.createService(settings)
        }
        #expect(try await twilio.services().count == 102)
        var wishes = named("Shop 100")
        wishes.codeLength = 7
        #expect(try await app.setUpTwilio(wishes).action == .updated)
        #expect(try await twilio.services().count == 102)
    }
}
