import CurlHTTP
import TwilioVerify

/// Carries Twilio's requests by curl: the one place where both sides are known.
struct CurlTransport: Transport {
    let client: CurlClient

    func perform(
        _ request: TransportRequest, gate: @escaping @Sendable () -> Bool
    ) async throws(TransportError) -> TransportResponse {
        do {
            let response = try await client.perform(CurlTransport.http(request), gate: gate)
            return TransportResponse(
                status: response.status, retryAfter: response.headers["retry-after"], date: response.headers["date"],
                contentType: response.headers["content-type"], body: response.body)
        } catch {
            throw TransportError(
                reach: error.reach == .surelyNotSent ? .surelyNotSent : .maybeSent,
                kind: TransportError.Kind(rawValue: error.kind.rawValue) ?? .other)
        }
    }
}
