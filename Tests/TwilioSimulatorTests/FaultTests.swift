import Basics
import Testing
import Web

@testable import TwilioSimulator

@Suite("Faults") struct FaultTests {
    @Test func `A fault hits as often as ordered`() {
        var plan = FaultPlan()
        plan.set(SimulatorFault(.garbage, percent: 50, count: 2), on: .check)
        #expect(plan.draw(.start, roll: 0) == nil)
        #expect(plan.draw(.check, roll: 50) == nil)
        #expect(plan.draw(.check, roll: 49)?.kind == .garbage)
        #expect(plan.draw(.check, roll: 0)?.kind == .garbage)
        #expect(plan.draw(.check, roll: 0) == nil)
        plan.set(SimulatorFault(.unavailable), on: .any)
        #expect(plan.draw(.fetch, roll: 99)?.kind == .unavailable)
        plan.clear()
        #expect(plan.draw(.fetch, roll: 0) == nil)
    }

    @Test func `An order says everything about a fault`() throws {
        let order = try FaultOrder(
            FormFields(
                "operation=start&kind=503&percent=7&count=3&ms=20&retry_after=Sun,%2006%20Nov&body=html"
                    + "&performed=true&bytes=5"))
        var fault = SimulatorFault(.unavailable, percent: 7, count: 3, delay: .milliseconds(20))
        fault.retryAfter = "Sun, 06 Nov"
        fault.format = .html
        fault.performance = .atOnce
        fault.bytes = 5
        #expect(order.operation == .start)
        #expect(order.fault == fault)
        #expect(try FaultOrder(FormFields("kind=none")).fault == nil)
        #expect(try FaultOrder(FormFields("kind=429&retry_after=none")).fault?.retryAfter == nil)
        #expect(try FaultOrder(FormFields("kind=503&performed=later")).fault?.performance == .later)
        #expect(try FaultOrder(FormFields("kind=503&performed=false")).fault?.performance == .never)
    }

    @Test(arguments: [
        "", "kind=nonsense", "operation=x&kind=500", "kind=500&percent=0", "kind=500&percent=101", "kind=500&count=0",
        "kind=delay&ms=-1", "kind=huge&bytes=100000001", "kind=500&body=xml", "kind=garbage&performed=true",
        "kind=429&performed=true", "kind=429&performed=later", "kind=500&performed=maybe", "kind=429&retry_after=a%0Ab",
        "kind=delay&ms=soon",
        "kind=error",
        "kind=error&code=1", "kind=error&code=x", "kind=500&code=60312", "kind=error&code=60312&performed=true",
    ])
    func `What cannot be meant is refused in words`(form: String) {
        let problem = #expect(throws: ControlProblem.self) { try FaultOrder(FormFields(form)) }
        #expect(problem?.text.isEmpty == false)
        #expect(problem?.status == 400)
    }

    @Test(arguments: SimulatorFault.Kind.allCases) func `Every kind can be ordered and is explained`(
        kind: SimulatorFault.Kind
    ) throws {
        let code = kind == .error ? "&code=60312" : ""
        #expect(try FaultOrder(FormFields("kind=\(kind.rawValue)\(code)")).fault?.kind == kind)
        #expect(kind.meaning.hasSuffix("."))
        #expect(ControlPage.html(base: "", warnings: []).contains("<code>\(kind.rawValue)</code>"))
    }

    @Test(arguments: [
        ("POST", "/v2/Services/VA1/Verifications", SimulatorOperation.start),
        ("POST", "/v2/Services/VA1/VerificationCheck", .check), ("GET", "/v2/Services/VA1/Verifications/+1", .fetch),
        ("POST", "/v2/Services/VA1/Verifications/VE1", .update), ("GET", "/v2/Attempts", .attempts),
        ("GET", "/v2/Services", .services), ("DELETE", "/v2/Services/VA1", .services), ("GET", "/v2", .any),
        ("GET", "/v2/Services/VA1/Entities/x", .fetchEntity), ("PUT", "/v2/Services/VA1/Entities", .any),
        ("GET", "/v2/Services/VA1/Entities/x/Factors/YF1/x", .any),
    ])
    func `Requests are told apart`(method: String, path: String, operation: SimulatorOperation) {
        #expect(SimulatorOperation(method: method, path: APIRequest.segments(path)) == operation)
    }
}

@Suite("Spoilt answers") struct SpoiltAnswerTests {
    private let honest = APIResponse(status: 200, body: .object(["sid": "VE1", "valid": true]))
    private let text = #"{"sid":"VE1","valid":true}"#

    private func spoilt(_ kind: SimulatorFault.Kind, _ change: (inout SimulatorFault) -> Void = { _ in }) -> WireAnswer?
    {
        var fault = SimulatorFault(kind)
        change(&fault)
        return fault.spoilt(fault.performs ? honest : nil)
    }

    @Test(arguments: [
        (SimulatorFault.Kind.unauthorized, 401, 20003), (.tooManyRequests, 429, 20429), (.serverError, 500, 20500),
        (.badGateway, 502, 20500), (.unavailable, 503, 20503), (.gatewayTimeout, 504, 20500),
    ])
    func `A status comes with Twilio's envelope, a page or nothing`(
        kind: SimulatorFault.Kind, status: Int, code: Int
    ) {
        let envelope = spoilt(kind)
        #expect(envelope?.status == status)
        #expect(envelope?.contentType == WireAnswer.json)
        #expect(envelope.map { String(decoding: $0.body, as: UTF8.self).contains("{\"code\":\(code),") } == true)
        #expect(envelope?.retryAfter == (status == 429 ? "1" : nil))
        let page = spoilt(kind) { $0.format = .html }
        #expect(page?.status == status)
        #expect(page?.contentType == WireAnswer.page)
        let nothing = spoilt(kind) { $0.format = .empty }
        #expect(nothing?.status == status)
        #expect(nothing?.length == 0)
        #expect(nothing?.contentType == nil)
    }

    @Test(arguments: ScriptedErrors.refusals.map(\.codes.lowerBound))
    func `Any error of the catalogue can be ordered`(code: Int) throws {
        let fault = try #require(try FaultOrder(FormFields("operation=create-challenge&kind=error&code=\(code)")).fault)
        let answer = try #require(fault.spoilt(fault.performs ? honest : nil))
        let failure = try #require(ScriptedErrors.failure(code))
        #expect(answer == WireAnswer(APIResponse(failure)))
    }

    @Test(arguments: ["120", "-5", "99999999999999999999", "Sun, 06 Nov 1994 08:49:37 GMT", nil] as [String?])
    func `Retry-After says what was ordered`(text: String?) {
        #expect(spoilt(.tooManyRequests) { $0.retryAfter = text }?.retryAfter == text)
    }

    @Test func `A 5xx may hide that everything was done`() {
        for kind in SimulatorFault.Kind.allCases where kind.canBePerformed {
            #expect(!SimulatorFault(kind).performs)
            var done = SimulatorFault(kind)
            done.performance = .atOnce
            #expect(done.performs)
            #expect(done.performsAfter == nil)
        }
        for kind in [SimulatorFault.Kind.error, .unauthorized, .tooManyRequests, .hang, .closeBefore] {
            #expect(!SimulatorFault(kind).performs)
        }
    }

    @Test func `A 5xx may be carried out after it was sent`() {
        for kind in SimulatorFault.Kind.allCases {
            var later = SimulatorFault(kind, delay: .milliseconds(5))
            #expect(later.performsAfter == nil)
            later.performance = .later
            #expect(later.performsAfter == (kind.canBePerformed ? .milliseconds(5) : nil))
            if kind.canBePerformed { #expect(!later.performs) }
        }
        var later = SimulatorFault(.unavailable)
        later.performance = .later
        #expect(later.performsAfter == .seconds(1))
        #expect(later.silence == .zero)
    }

    @Test func `True answers are spoilt in one way each`() {
        #expect(spoilt(.created)?.status == 201)
        #expect(spoilt(.wrongType)?.contentType == "text/plain")
        #expect(spoilt(.wrongType)?.body == Array(text.utf8))
        #expect(spoilt(.garbage)?.contentType == WireAnswer.json)
        #expect(spoilt(.html)?.contentType == WireAnswer.page)
        #expect(spoilt(.empty)?.length == 0)
        #expect(spoilt(.cutShort)?.isCutShort == true)
        #expect(spoilt(.huge) { $0.bytes = 70_000 }?.length == 70_000 + text.utf8.count)
        #expect(spoilt(.slowBody) { $0.delay = .milliseconds(3) }?.pause == .milliseconds(3))
        #expect(spoilt(.closeAfter) == nil)
        #expect(spoilt(.closeBefore) == nil)
        #expect(spoilt(.hang) == nil)
        #expect(spoilt(.delay) == WireAnswer(honest))
        let extra = spoilt(.extra).map { String(decoding: $0.body, as: UTF8.self) }
        #expect(extra?.hasPrefix(#"{"unknown_ahead":["",0,true,null,[1,"two",null],{"sid":"VA","#) == true)
        #expect(extra?.contains(#""sid":"VE1","valid":true,"unknown_behind":"#) == true)
    }

    @Test(arguments: [(SimulatorFault.Kind.delay, 1), (.hang, 60), (.slowBody, 0), (.garbage, 0)])
    func `Silence lasts as long as ordered`(kind: SimulatorFault.Kind, seconds: Int) {
        #expect(SimulatorFault(kind).silence == .seconds(seconds))
        if seconds > 0 { #expect(SimulatorFault(kind, delay: .milliseconds(5)).silence == .milliseconds(5)) }
    }
}
