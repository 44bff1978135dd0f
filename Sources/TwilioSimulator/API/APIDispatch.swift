import Basics
import Web

/// One call of the API: the request, what is left of its path for whoever answers it, and the time.
struct APICall: Sendable {
    var request: APIRequest
    /// The parts of the path that nobody has looked at yet.
    var rest: ArraySlice<String>
    var now: Timestamp

    var method: String { request.method }
    var form: FormFields { request.form }
    var query: FormFields { request.query }

    /// The call one level deeper.
    var deeper: APICall { APICall(request: request, rest: rest.dropFirst(), now: now) }

    /// 404 for the path as it was asked for.
    var nowhere: APIFailure { .notFound("/" + request.path.dropFirst().joined(separator: "/")) }
}

extension SimulatedTwilio {
    /// Answers a request to `/v2`, credentials included.
    mutating func respond(to request: APIRequest, now: Timestamp) -> APIResponse {
        do throws(APIFailure) {
            guard isAuthorized(request.authorization) else { throw .authenticate }
            return try answer(APICall(request: request, rest: request.path.dropFirst(), now: now))
        } catch {
            return APIResponse(error)
        }
    }

    /// A new resource of `/v2` gets a line here.
    private mutating func answer(_ call: APICall) throws(APIFailure) -> APIResponse {
        switch call.rest.first {
        case "Services": try servicesAnswer(call.deeper)
        case "Attempts": try attemptsAnswer(call.deeper)
        default: throw call.nowhere
        }
    }

    /// A new resource of a service gets a line here: rate limits.
    mutating func answer(_ call: APICall, ofService sid: String) throws(APIFailure) -> APIResponse {
        switch call.rest.first {
        case "Verifications": try verificationsAnswer(call.deeper, service: sid)
        case "VerificationCheck": try checkAnswer(call.deeper, service: sid)
        case "Entities": try entitiesAnswer(call.deeper, service: sid)
        default: throw call.nowhere
        }
    }

    func bodies(_ call: APICall) -> ResponseBodies {
        ResponseBodies(accountSID: configuration.accountSID, base: call.request.base)
    }
}

/// Builds the bodies of answers, with links that lead back to this simulator.
///
/// What a resource looks like stands beside its rules.
struct ResponseBodies: Sendable {
    let accountSID: String
    /// `http://host:port`, as the client called us.
    let base: String

    /// Twilio's form of dates: whole seconds, UTC, `2015-07-30T20:00:00Z`.
    static func date(_ time: Timestamp) -> JSONValue {
        .string(time.roundedDown.description.prefix(19) + "Z")
    }
}
