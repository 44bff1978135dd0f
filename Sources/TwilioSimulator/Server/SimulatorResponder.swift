import Basics
import HTTPTypes
import HummingbirdCore
import NIOCore
import Web

/// Turns HTTP into ``APIRequest``, decides what becomes of the request, and writes it.
struct SimulatorResponder: Sendable {
    let simulator: TwilioSimulator

    /// Twilio's parameters are short; more than this is refused with 413.
    private static let largestBody = 64 * 1024

    /// The answer went out in part or not at all, on purpose; its connection is closed.
    private struct Dropped: Error {}

    @concurrent func respond(to request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel)
        async throws
    {
        guard let answer = try await answer(to: request, isLocal: channel.isLoopback) else {
            // Fails only when the client was faster, which is as good.
            try? await channel.close()
            throw Dropped()
        }
        let isWhole = try await AnswerWriter(answer: answer, date: simulator.now).write(to: writer)
        guard isWhole else {
            try? await channel.close()
            throw Dropped()
        }
    }

    /// `nil` for none at all.
    private func answer(to request: Request, isLocal: Bool) async throws -> WireAnswer? {
        let parsed: APIRequest
        do {
            parsed = try await parse(request)
        } catch is NIOTooManyBytesError {
            return WireAnswer(SimulatorState.refusal(413, "The body is too long"))
        }
        if parsed.path.first == "v2" { return try await api(parsed) }
        guard isLocal else { return WireAnswer(SimulatorState.refusal(403, "Only from this machine")) }
        return simulator.page(parsed)
    }

    private func parse(_ request: Request) async throws -> APIRequest {
        let buffer = try await request.body.collect(upTo: Self.largestBody)
        let path = request.head.path ?? "/"
        let parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let authority =
            request.head.authority ?? "\(simulator.configuration.host):\(simulator.configuration.port)"
        var parsed = APIRequest(
            method: request.method.rawValue, path: APIRequest.segments(String(parts.first ?? "/")),
            query: FormFields(parts.count > 1 ? String(parts[1]) : ""), form: FormFields(String(buffer: buffer)),
            authorization: request.headers[.authorization], base: "http://\(authority)")
        parsed.wantsPage = request.headers[.accept]?.contains("text/html") ?? false
        parsed.isCrossSite = HTTPField.Name("Sec-Fetch-Site").flatMap { request.headers[$0] } == "cross-site"
        return parsed
    }

    private func api(_ request: APIRequest) async throws -> WireAnswer? {
        let call = simulator.callBegan()
        defer { simulator.callEnded(call) }
        let fault = simulator.arrived(SimulatorOperation(method: request.method, path: request.path))
        try await Task.sleep(for: simulator.configuration.latency)
        guard let fault else { return WireAnswer(simulator.api(request)) }
        let honest = fault.performs ? simulator.api(request) : nil
        try await Task.sleep(for: fault.silence)
        if let pause = fault.performsAfter { simulator.carryOut(request, after: pause) }
        return fault.spoilt(honest)
    }
}

extension Channel {
    /// Whether the other end is on this machine.
    fileprivate var isLoopback: Bool {
        remoteAddress?.ipAddress.map(Loopback.contains) ?? false
    }
}
