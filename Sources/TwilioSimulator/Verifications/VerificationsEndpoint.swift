extension SimulatedTwilio {
    /// `…/Verifications` and one of them, by its SID or its number.
    mutating func verificationsAnswer(_ call: APICall, service: String) throws(APIFailure) -> APIResponse {
        guard call.rest.count <= 1 else { throw call.nowhere }
        let bodies = bodies(call)
        switch (call.method, call.rest.first) {
        case ("POST", nil):
            let started = try start(service: service, call.form, now: call.now)
            return APIResponse(status: 201, body: bodies.verification(started))
        case ("GET", let id?):
            let found = try fetch(service: service, idOrNumber: id, now: call.now)
            return APIResponse(status: 200, body: bodies.verification(found))
        case ("POST", let id?):
            let updated = try update(service: service, idOrNumber: id, call.form, now: call.now)
            return APIResponse(status: 200, body: bodies.verification(updated))
        default: throw .noSuchMethod
        }
    }

    /// `…/VerificationCheck`.
    ///
    /// Twilio's document says 201; what it really answers is 200.
    mutating func checkAnswer(_ call: APICall, service: String) throws(APIFailure) -> APIResponse {
        guard call.rest.isEmpty else { throw call.nowhere }
        guard call.method == "POST" else { throw .noSuchMethod }
        let checked = try check(service: service, call.form, now: call.now)
        return APIResponse(status: 200, body: bodies(call).check(checked))
    }
}
