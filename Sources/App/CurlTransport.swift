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
                status: response.status, retryAfter: response.headers.retryAfter, date: response.headers.date,
                contentType: response.headers.contentType, requestID: response.headers.requestID,
                body: response.body)
        } catch {
            throw TransportError(
                reach: Self.reach(error.reach), kind: Self.kind(error.kind), proxyStatus: error.proxyStatus)
        }
    }

    private static func http(_ request: TransportRequest) -> HTTPRequest {
        var http = HTTPRequest(
            method: .get, url: request.url, user: request.user, password: request.password,
            timeLimit: request.timeLimit)
        switch request.method {
        case .get: break
        case .delete: http.method = .delete
        case .post:
            http.method = .post
            http.body = request.encodedForm
            http.contentType = "application/x-www-form-urlencoded"
        }
        return http
    }

    private static func reach(_ reach: CurlError.Reach) -> TransportError.Reach {
        switch reach {
        case .surelyNotSent: .surelyNotSent
        case .maybeSent: .maybeSent
        }
    }

    private static func kind(_ kind: CurlError.Kind) -> TransportError.Kind {
        switch kind {
        case .dns: .dns
        case .connect: .connect
        case .tls: .tls
        case .timeout: .timeout
        case .proxy: .proxy
        case .reset: .reset
        case .tooLarge: .tooLarge
        case .withheld: .withheld
        case .cancelled: .cancelled
        case .other: .other
        }
    }
}
