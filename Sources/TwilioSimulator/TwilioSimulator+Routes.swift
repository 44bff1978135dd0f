import Basics
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

extension TwilioSimulator {
    /// Thrown to end a connection without an answer.
    private struct Dropped: Error {}

    func addRoutes(to router: Router<BasicRequestContext>) {
        router.get("/") { _, _ in
            let page = Outbox.page(self.state.withLock { $0.twilio.outbox })
            return self.response(.ok, Array(page.utf8), type: "text/html; charset=utf-8")
        }
        router.get("/_simulator/outbox") { request, _ in
            let to = request.uri.queryParameters["to"].map(String.init)
            let messages = self.state.withLock { $0.twilio.outbox }.filter { to == nil || $0.to == to }
            return self.response(.ok, Outbox.json(messages).json)
        }
        router.get("/_simulator/stats") { _, _ in
            let (sends, checks) = self.state.withLock { ($0.twilio.sends, $0.twilio.checks) }
            return self.response(.ok, Field.object(["sends": .number(sends), "checks": .number(checks)]).json)
        }
        router.post("/_simulator/fault") { request, _ in try await self.setFault(Self.form(request)) }
        router.post("/_simulator/clock") { request, _ in try await self.setClock(Self.form(request)) }
        router.post("/v2/Services/:service/Verifications") { request, _ in try await self.answer(.start, request) }
        router.get("/v2/Services/:service/Verifications/:key") { request, _ in try await self.answer(.fetch, request) }
        router.post("/v2/Services/:service/Verifications/:key") { request, _ in try await self.answer(.any, request) }
        router.post("/v2/Services/:service/VerificationCheck") { request, _ in try await self.answer(.check, request) }
        router.get("/v2/Services/:service") { request, _ in try await self.answer(.any, request) }
        router.get("/v2/Attempts") { request, _ in try await self.answer(.attempts, request) }
    }

    /// One call of Twilio's API: who asks, which service, what goes wrong, what happens.
    private func answer(_ operation: Fault.Operation, _ request: Request) async throws -> Response {
        guard isAuthorized(request) else {
            return refusal(.init(status: 401, code: 20003, message: "Authenticate"))
        }
        let fault = takeFault(operation)
        switch fault {
        case .serverError: return refusal(.init(status: 500, code: 20500, message: "Internal Server Error"))
        case .unavailable: return refusal(.init(status: 503, code: 20503, message: "Service Unavailable"))
        case .tooMany:
            return refusal(.init(status: 429, code: 20429, message: "Too many requests", retryAfter: 1))
        case .garbage: return response(.ok, Array("<html>gateway".utf8), type: "text/html")
        case .closeBefore: return dropped()
        case .hang:
            try await Task.sleep(for: .seconds(60))
            return dropped()
        case .closeAfter, nil: break
        }
        let answered = try await perform(request)
        return fault == .closeAfter ? dropped() : answered
    }

    private func perform(_ request: Request) async throws -> Response {
        let path = request.uri.path
        let parts = path.split(separator: "/").map { Self.decoded(String($0)) }
        let rendering = Rendering(
            account: configuration.accountSID, service: configuration.serviceSID,
            base: "http://\(request.head.authority ?? configuration.host)")
        if parts.count > 2, parts[1] == "Services", parts[2] != configuration.serviceSID {
            return refusal(.notFound(path))
        }
        let form = request.method == .post ? try await Self.form(request) : [:]
        let now = now
        do throws(SimulatedTwilio.Refusal) {
            switch (parts.dropFirst(3).first, parts.count, request.method) {
            case (nil, 2, _): return attempts(request, rendering)
            case (nil, _, _): return response(.ok, rendering.serviceBody(codeLength: configuration.codeLength).json)
            case ("VerificationCheck", _, _):
                let checked = try state.withLock { state throws(SimulatedTwilio.Refusal) in
                    try state.twilio.check(
                        sid: form["VerificationSid"], to: form["To"], code: form["Code"] ?? "", now: now, path: path)
                }
                return response(.ok, rendering.check(checked).json)
            case (_, 4, _):
                let started = try state.withLock { state throws(SimulatedTwilio.Refusal) in
                    try state.twilio.start(
                        to: form["To"] ?? "", channel: form["Channel"] ?? "", now: now, generator: &state.generator)
                }
                return response(.created, rendering.verification(started).json)
            case (_, _, .post):
                let updated = try state.withLock { state throws(SimulatedTwilio.Refusal) in
                    try state.twilio.update(parts[4], status: form["Status"] ?? "", now: now, path: path)
                }
                return response(.ok, rendering.verification(updated).json)
            default:
                let found = try state.withLock { state throws(SimulatedTwilio.Refusal) in
                    try state.twilio.fetch(parts[4], now: now, path: path)
                }
                return response(.ok, rendering.verification(found).json)
            }
        } catch {
            return refusal(error)
        }
    }

    private func attempts(_ request: Request, _ rendering: Rendering) -> Response {
        let query = request.uri.queryParameters
        let after = query["DateCreatedAfter"].flatMap { Timestamp(rfc3339: String($0)) }
        let found = state.withLock { state in
            state.twilio.attempts(
                to: query["ChannelData.To"].map(String.init), verification: query["VerificationSid"].map(String.init),
                after: after)
        }
        return response(.ok, rendering.attempts(found).json)
    }

    private func isAuthorized(_ request: Request) -> Bool {
        let pair = "\(configuration.accountSID):\(configuration.authToken.revealed)"
        return request.headers[.authorization] == "Basic \(Data(pair.utf8).base64EncodedString())"
    }

    // MARK: Faults and time

    private func takeFault(_ operation: Fault.Operation) -> Fault.Kind? {
        state.withLock { state in
            guard var fault = state.fault, fault.concerns(operation),
                Int.random(in: 1...100, using: &state.generator) <= fault.percent
            else { return nil }
            if let count = fault.count {
                fault.count = count - 1
                state.fault = count > 1 ? fault : nil
            }
            return fault.kind
        }
    }

    private func setFault(_ form: [String: String]) -> Response {
        guard let kind = form["kind"] else {
            return refusal(.init(status: 400, code: 60200, message: "kind is missing"))
        }
        if kind == "none" {
            state.withLock { $0.fault = nil }
            return response(.ok, Array("{}".utf8))
        }
        guard let fault = Fault.Kind(rawValue: kind),
            let operation = Fault.Operation(rawValue: form["operation"] ?? "any"),
            let percent = Int(form["percent"] ?? "100"), (1...100).contains(percent)
        else { return refusal(.init(status: 400, code: 60200, message: "unknown kind, operation or percent")) }
        let count = form["count"].flatMap { Int($0) }
        state.withLock {
            $0.fault = Fault(kind: fault, operation: operation, percent: percent, count: count)
        }
        return response(.ok, Array("{}".utf8))
    }

    private func setClock(_ form: [String: String]) -> Response {
        guard let seconds = form["advance_seconds"].flatMap({ Int($0) }), seconds >= 0 else {
            return refusal(.init(status: 400, code: 60200, message: "advance_seconds must be a whole number"))
        }
        state.withLock { $0.clockOffset += .seconds(seconds) }
        return response(.ok, Array("{}".utf8))
    }

    // MARK: HTTP

    private func response(_ status: HTTPResponse.Status, _ body: [UInt8], type: String = "application/json") -> Response
    {
        Response(status: status, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }

    private func refusal(_ refusal: SimulatedTwilio.Refusal) -> Response {
        var answer = response(.init(code: refusal.status), Rendering.refusal(refusal).json)
        if let seconds = refusal.retryAfter { answer.headers[.retryAfter] = String(seconds) }
        return answer
    }

    /// An answer that breaks off: its headers promise a body that never comes, and the connection closes.
    private func dropped() -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json", .contentLength: "1000"],
            body: .init(contentLength: 1000) { _ in throw Dropped() })
    }

    private static func form(_ request: Request) async throws -> [String: String] {
        var request = request
        let body = try await request.collectBody(upTo: 64 * 1024)
        var fields: [String: String] = [:]
        for pair in String(buffer: body).split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            fields[decoded(String(parts[0]))] =
                parts.count > 1 ? decoded(String(parts[1].replacing("+", with: " "))) : ""
        }
        return fields
    }

    private static func decoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == 0x25, rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
