import Basics
import Conformance
import CurlHTTP
import Logging
import Wire

/// The simulator that workers are pointed at, by its controls.
struct SimulatorStage: TwilioStage {
    /// Such as `http://127.0.0.1:8089`.
    private let address: String
    private let client: CurlClient

    init(address: String, logger: Logger) {
        self.address = address
        client = CurlClient(configuration: CurlConfiguration(userAgent: "verify-courier conformance"), logger: logger)
    }

    /// - Throws: `ConformanceFailure` where no simulator answers.
    func codes(to number: String) async throws -> [String] {
        let reply = try await call(.get, "outbox?to=\(PercentEncoding.escape(number))")
        guard case .array(let messages) = reply else { throw Self.isNone(address) }
        return messages.compactMap { Self.text("code", $0) }
    }

    func order(_ trouble: TwilioTrouble?, at call: TwilioCall) async throws {
        let operation =
            switch call {
            case .send: "start"
            case .check: "check"
            }
        let fault =
            switch trouble {
            case nil: "none"
            case .away: "503"
            case .answerLost: "close-after"
            case .slow(let seconds): "delay&ms=\(seconds * 1000)"
            }
        _ = try await self.call(.post, "fault", form: "operation=\(operation)&kind=\(fault)")
    }

    func scan(_ link: String) async throws {
        _ = try await call(.post, "account", form: "link=\(PercentEncoding.escape(link))")
    }

    func appCode(of label: String) async throws -> String? {
        let reply = try await call(.get, "authenticator")
        guard case .object(let app) = reply, case .array(let accounts)? = app["accounts"] else {
            throw Self.isNone(address)
        }
        return accounts.last { Self.text("label", $0) == label }.flatMap { Self.text("code", $0) }
    }

    private static func text(_ field: String, _ value: JSONValue) -> String? {
        guard case .object(let members) = value, case .string(let text)? = members[field] else { return nil }
        return text
    }

    private func call(_ method: HTTPRequest.Method, _ path: String, form: String? = nil) async throws -> JSONValue {
        let request = HTTPRequest(
            method: method, url: "\(address)/_simulator/\(path)", user: "", password: Redacted(""),
            body: form.map { Array($0.utf8) }, contentType: form.map { _ in "application/x-www-form-urlencoded" },
            timeLimit: .seconds(10))
        let response: HTTPResponse
        do throws(CurlError) { response = try await client.perform(request) { true } } catch {
            throw Self.isNone(address)
        }
        if response.status == 204 { return .null }
        guard response.status == 200, let value = try? JSONValue(parsing: response.body) else {
            throw Self.isNone(address)
        }
        return value
    }

    private static func isNone(_ address: String) -> ConformanceFailure {
        ConformanceFailure(
            description:
                "no simulator of Twilio answers at \(address) (twilio.base_url): start 'verify-courier simulate'")
    }
}
