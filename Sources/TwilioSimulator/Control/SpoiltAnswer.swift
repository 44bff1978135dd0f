extension SimulatorFault {
    /// Whether the request is carried out before it is answered.
    var performs: Bool {
        switch kind {
        case .error, .unauthorized, .tooManyRequests, .hang, .closeBefore: false
        case .serverError, .badGateway, .unavailable, .gatewayTimeout: performance == .atOnce
        default: true
        }
    }

    /// How long after its answer the request is carried out; `nil` if it is not, or was before.
    var performsAfter: Duration? {
        kind.canBePerformed && performance == .later ? delay ?? kind.defaultDelay : nil
    }

    /// How long nothing is heard.
    var silence: Duration {
        kind == .delay || kind == .hang ? delay ?? kind.defaultDelay : .zero
    }

    /// What is sent in place of the honest answer; `nil` closes the connection without a byte.
    ///
    /// - Parameter honest: `nil` when nothing was done.
    func spoilt(_ honest: APIResponse?) -> WireAnswer? {
        if let refusal { return refused(refusal) }
        guard let honest else { return nil }
        var answer = WireAnswer(honest)
        switch kind {
        case .closeAfter: return nil
        case .created: if answer.status == 200 { answer.status = 201 }
        case .extra: answer = WireAnswer(honest.withUnknownFields)
        case .wrongType: answer.contentType = "text/plain"
        case .garbage: answer.body = Array("<html><body>{\"sid\": \"VE".utf8)
        case .html: answer = WireAnswer(status: 200, contentType: WireAnswer.page, text: Self.page("Sign in first"))
        case .empty: answer.body = []
        case .cutShort: answer.isCutShort = true
        case .huge: answer.padding = bytes
        case .slowBody: answer.pause = delay ?? kind.defaultDelay
        default: break
        }
        return answer
    }

    private var refusal: APIFailure? {
        kind == .error ? .catalogued(code ?? 20500) : kind.refusal
    }

    private func refused(_ refusal: APIFailure) -> WireAnswer {
        var answer: WireAnswer
        switch format {
        case .json: answer = WireAnswer(APIResponse(refusal))
        case .html:
            let page = Self.page("\(refusal.status) \(refusal.message)")
            answer = WireAnswer(status: refusal.status, contentType: WireAnswer.page, text: page)
        case .empty: answer = WireAnswer(status: refusal.status)
        }
        answer.retryAfter = refusal.retryAfter == nil ? nil : retryAfter
        return answer
    }

    private static func page(_ title: String) -> String {
        "<!doctype html><html lang=\"en\"><title>\(title)</title><h1>\(title)</h1></html>"
    }
}

extension APIResponse {
    /// The same with members that no document names, one of each type, around the true ones.
    fileprivate var withUnknownFields: APIResponse {
        guard case .object(var pairs) = body else { return self }
        let unknown = JSONValue.array([
            "", 0, true, nil, .array([1, "two", nil]), .object(["sid": "VA", "status": "approved", "valid": true]),
        ])
        pairs.members.insert(.init(name: "unknown_ahead", value: unknown), at: 0)
        pairs.members.append(.init(name: "unknown_behind", value: unknown))
        var response = self
        response.body = .object(pairs)
        return response
    }
}
