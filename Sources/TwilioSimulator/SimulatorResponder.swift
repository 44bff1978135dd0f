import Basics
import HTTPTypes
import Hummingbird
import NIOCore

/// What a request brings along: the connection too, because some faults cut it.
struct SimulatorContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// Whether the other end is on this machine.
    var isLoopback: Bool {
        guard let address = channel.remoteAddress?.ipAddress else { return false }
        return address.hasPrefix("127.") || address == "::1" || address.hasPrefix("::ffff:127.")
    }
}

/// Turns HTTP into ``APIRequest`` and ``APIResponse`` back into HTTP, and carries out the faults that need a
/// connection or time.
struct SimulatorResponder: HTTPResponder {
    let simulator: TwilioSimulator

    /// Twilio's parameters are short; more than this is refused with 413.
    private static let largestBody = 64 * 1024
    private static let hangTime = Duration.seconds(60)

    func respond(to request: Request, context: SimulatorContext) async throws -> Response {
        let parsed: APIRequest
        do {
            parsed = try await parse(request)
        } catch is NIOTooManyBytesError {
            return rendered(SimulatorState.refusal(413, "The body is too long"))
        }
        switch parsed.path.first {
        case "v2": return try await api(parsed, context)
        case _ where !context.isLoopback:
            return rendered(SimulatorState.refusal(403, "Only from this machine"))
        case "_simulator": return rendered(simulator.control(parsed))
        case nil: return html(OutboxPage.html(simulator.outbox()))
        default: return rendered(SimulatorState.refusal(404, "Nothing here"))
        }
    }

    private func parse(_ request: Request) async throws -> APIRequest {
        let buffer = try await request.body.collect(upTo: Self.largestBody)
        let path = request.head.path ?? "/"
        let parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let authority =
            request.head.authority ?? "\(simulator.configuration.host):\(simulator.configuration.port)"
        return APIRequest(
            method: request.method.rawValue, path: APIRequest.segments(String(parts.first ?? "/")),
            query: FormFields(parts.count > 1 ? String(parts[1]) : ""), form: FormFields(String(buffer: buffer)),
            authorization: request.headers[.authorization], base: "http://\(authority)")
    }

    private func api(_ request: APIRequest, _ context: SimulatorContext) async throws -> Response {
        let fault = simulator.arrived(SimulatorOperation(method: request.method, path: request.path))
        try await Task.sleep(for: simulator.configuration.latency)
        switch fault?.kind {
        case nil: return rendered(simulator.api(request))
        case .serverError: return rendered(APIResponse(.serverError))
        case .unavailable: return rendered(APIResponse(.unavailable))
        case .tooManyRequests: return rendered(APIResponse(.tooManyRequests))
        case .garbage:
            var response = rendered(simulator.api(request))
            response.body = .init(byteBuffer: ByteBuffer(string: "<html><body>{\"sid\": \"VE"))
            response.headers[.contentLength] = String(response.body.contentLength ?? 0)
            return response
        case .slow:
            let response = rendered(simulator.api(request))
            try await Task.sleep(for: fault?.delay ?? .zero)
            return response
        case .hang:
            try await Task.sleep(for: Self.hangTime)
            return await dropped(context)
        case .closeBefore: return await dropped(context)
        case .closeAfter:
            _ = simulator.api(request)
            return await dropped(context)
        }
    }

    /// Closes the connection before a byte of the answer is out; what is returned then goes nowhere.
    private func dropped(_ context: SimulatorContext) async -> Response {
        // Fails only when the client was faster, which is as good.
        try? await context.channel.close()
        return Response(status: .internalServerError)
    }

    private func rendered(_ response: APIResponse) -> Response {
        var headers: HTTPFields = [:]
        if let requestID = HTTPField.Name("Twilio-Request-Id") { headers[requestID] = "RQ" + RandomID.hex(bytes: 16) }
        if let seconds = response.retryAfter { headers[.retryAfter] = String(seconds) }
        let status = HTTPResponse.Status(code: response.status)
        guard let body = response.body else { return Response(status: status, headers: headers) }
        headers[.contentType] = "application/json; charset=utf-8"
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: body.rendered)))
    }

    private func html(_ text: String) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
                .contentSecurityPolicy: "default-src 'none'; style-src 'unsafe-inline'",
            ],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
