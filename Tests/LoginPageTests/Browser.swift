import Basics
import Foundation
import Logging
import TestKit
import Testing
import VerifyClient
import Web
import Wire

@testable import LoginPage

/// Workers that answer as a test says, and what they were asked.
final class ScriptedWorkers: Sendable {
    struct Job: Sendable, Equatable {
        var kind: JobKind
        var body: JobBody
        var id: String
    }

    private let script = Locked<[JobKind: [Reply?]]>([:])
    private let seen = Locked<[Job]>([])
    let clocks = TestClocks()

    /// What is answered from now on, the last of them for ever; `nil` is silence.
    func answer(_ kind: JobKind, _ replies: Reply?...) { script.withLock { $0[kind] = replies } }

    /// A reply as of now.
    func reply(_ outcome: Outcome, _ reason: Reason? = nil, _ fill: (inout Reply) -> Void = { _ in }) -> Reply {
        var reply = Reply(outcome, reason: reason, at: clocks.wall)
        fill(&reply)
        reply.chooseMessage()
        return reply
    }

    func time(in seconds: Int64) -> String { (clocks.wall + .seconds(seconds)).description }

    /// All but those that only read.
    var jobs: [Job] { seen.withLock { $0.filter { $0.kind != .options } } }

    var ask: Courier.Ask {
        { [self] kind, body, options in
            seen.withLock { $0.append(Job(kind: kind, body: body, id: options.messageID)) }
            let reply = script.withLock { script -> Reply? in
                guard let replies = script[kind], let first = replies.first else { return nil }
                if replies.count > 1 { script[kind]?.removeFirst() }
                return first
            }
            guard let reply else { throw ClientError(code: .timeout, message: "no reply") }
            return reply
        }
    }
}

/// A browser without a script, and the person before it.
final class Browser {
    static let password = "correct horse"
    /// By Python's hashlib, with few rounds so that tests are quick.
    static let hash =
        "scrypt$1024$8$1$00112233445566778899aabbccddeeff$f73e926ef616f50e85ba63e99c18480f9cd3731809afc4cae00b2ed7b22af473"

    let workers = ScriptedWorkers()
    let status = Locked<ChannelStatus?>(nil)
    let site: LoginSite
    private(set) var path = "/"
    private(set) var answer = WebAnswer(status: 0)
    private var cookies: [String: String] = [:]

    init() throws {
        let users = try DemoUsers("# of tests\nanna:\(Self.hash)\nberta:\(Self.hash)\n")
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        site = LoginSite(
            ask: workers.ask, status: { [status] in status.withLock { $0 } }, users: users,
            clocks: workers.clocks.clocks, logger: logger)
    }

    var page: String { answer.body }

    /// The page's title, without the site's name.
    var title: String { between("<title>", " – ") }

    func between(_ start: String, _ end: String) -> String {
        guard let first = page.range(of: start), let last = page[first.upperBound...].range(of: end) else { return "" }
        return String(page[first.upperBound..<last.lowerBound])
    }

    func request(_ method: String, _ path: String, _ form: [String: String] = [:]) -> WebRequest {
        let body = form.map { "\($0.key)=\(PercentEncoding.escape($0.value))" }.joined(separator: "&")
        return WebRequest(
            method: method, path: path, form: FormFields(body), cookies: cookies, host: "127.0.0.1:8092",
            origin: "http://127.0.0.1:8092", languages: "de-AT,de;q=0.9", address: "127.0.0.1")
    }

    func get(_ place: Place) async { await follow(request("GET", place.rawValue)) }

    /// Sends the form of the page that does this, with what is typed or pressed; others' fields as they stand.
    func submit(_ act: Act, _ typed: [String: String] = [:]) async {
        await follow(request("POST", act.rawValue, hidden(act).merging(typed) { $1 }))
    }

    /// What is hidden in that form.
    func hidden(_ act: Act) -> [String: String] {
        let form = between("action=\"\(act.rawValue)\"", "</form>")
        let fields = form.matches(of: /type="hidden" name="([a-z]+)" value="([^"]*)"/)
        return Dictionary(uniqueKeysWithValues: fields.map { (String($0.1), String($0.2)) })
    }

    func signIn(_ options: (inout Reply) -> Void = { _ in }) async {
        workers.answer(
            .options,
            workers.reply(.options) {
                $0.decision = "verify"
                $0.methods = [
                    .init(method: .code(.sms), to: "+1········42", usable: true),
                    .init(method: .code(.call), to: "+1········42", usable: true),
                ]
                options(&$0)
            })
        await get(.signIn)
        await submit(.signIn, ["name": "anna", "password": Self.password])
    }

    private func follow(_ request: WebRequest) async {
        answer = await site.answer(request)
        path = request.path
        if let cookie = answer.cookie?.prefix(while: { $0 != ";" }).split(separator: "=", maxSplits: 1) {
            cookies[String(cookie[0])] = cookie.count > 1 ? String(cookie[1]) : nil
        }
        if answer.status == 303, let location = answer.location { await follow(self.request("GET", location)) }
    }
}
