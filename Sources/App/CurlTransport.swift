import CurlHTTP
import TwilioVerify

/// Carries Twilio's requests by curl: the one place where both sides are known.
struct CurlTransport: Transport {
    let client: CurlClient

    func perform(
        _ request: TransportRequest, gate: @escaping @Sendable () -> Bool
    ) async throws(TransportError) -> TransportResponse {
        do throws(CurlError) {
            let response = try await client.perform(Self.http(request), gate: gate)
            return TransportResponse(
                status: response.status, retryAfter: response.headers["retry-after"], date: response.headers["date"],
                contentType: response.headers["content-type"], body: response.body)
        } catch {
            throw TransportError(
                reach: error.reach == .surelyNotSent ? .surelyNotSent : .maybeSent,
                kind: TransportError.Kind(rawValue: error.kind.rawValue) ?? .other, proxyStatus: error.proxyStatus)
        }
    }

    private static func http(_ request: TransportRequest) -> HTTPRequest {
        let isPost = request.method == .post
        return HTTPRequest(
            method: HTTPRequest.Method(rawValue: request.method.rawValue) ?? .get, url: request.url,
            user: request.user, password: request.password, body: isPost ? request.encodedForm : nil,
            contentType: isPost ? "application/x-www-form-urlencoded" : nil, timeLimit: request.timeLimit)
    }
}
