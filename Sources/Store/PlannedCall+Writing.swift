package import Basics
import Wire

/// A planned call as JSON, as `Codable` writes it and reads it again: each job with a call is sealed so, and Foundation's encoder
/// costs more than the sealing. A test holds both against each other.
extension PlannedCall {
    package func write(to json: inout CanonicalJSON) {
        json.object { json in
            switch self {
            case .send(let send): json.member("send", object: send) { $0.wrapped($1) { $1.write(to: &$0) } }
            case .check(let check): json.member("check", object: check) { $0.wrapped($1) { $1.write(to: &$0) } }
            case .cancel(let cancel): json.member("cancel", object: cancel) { $0.wrapped($1) { $1.write(to: &$0) } }
            case .enrol(let factor): json.member("enrol", object: factor) { $0.wrapped($1) { $1.write(to: &$0) } }
            case .prove(let factor): json.member("prove", object: factor) { $0.wrapped($1) { $1.write(to: &$0) } }
            case .challenge(let challenge):
                json.member("challenge", object: challenge) { $0.wrapped($1) { $1.write(to: &$0) } }
            }
        }
    }
}

extension CanonicalJSON {
    /// What a case without labels is written as.
    fileprivate mutating func wrapped<Value>(_ value: Value, _ members: (inout CanonicalJSON, Value) -> Void) {
        member("_0", object: value, members)
    }

    fileprivate mutating func member(_ key: String, bytes: [UInt8]?) {
        member(key, list: bytes) { $0.number($1) }
    }

    fileprivate mutating func member(_ key: String, withheld: WithheldField?) {
        member(key, object: withheld) { json, field in
            switch field {
            case .code: json.member("code", object: ()) { _, _ in }
            case .ticket: json.member("ticket", object: ()) { _, _ in }
            case .user: json.member("user", object: ()) { _, _ in }
            case .enrolment(let identity, let picture):
                json.member("enrolment", object: ()) { json, _ in
                    json.member("_1", picture)
                    json.member("identity", identity)
                }
            }
        }
    }
}

extension PlannedSend {
    fileprivate func write(to json: inout CanonicalJSON) {
        json.member("cancels", cancels)
        json.member("channel", channel)
        json.member("knownAttempts", list: knownAttempts) { $0.string($1) }
        json.member("knownSID", knownSID)
        json.member("locale", locale)
        json.member("place", place.packed)
        json.member("purpose", purpose)
        json.member("ticket", bytes: ticket)
        json.member("wasConfirmed", wasConfirmed)
    }
}

extension PlannedCheck {
    fileprivate func write(to json: inout CanonicalJSON) {
        json.member("place", place.packed)
        json.member("purpose", purpose)
        json.member("sid", sid)
        json.member("ticket", bytes: ticket)
        json.member("wasConfirmed", wasConfirmed)
    }
}

extension PlannedCancel {
    fileprivate func write(to json: inout CanonicalJSON) {
        json.member("codes", list: codes) { json, code in
            json.object { json in
                json.member("number", code.number)
                json.member("sid", code.sid)
            }
        }
        json.member("ends", ends)
        json.member("factors", list: factors) { json, factor in
            json.object { json in
                json.member("factorSID", factor.factorSID)
                json.member("identity", factor.identity)
            }
        }
        json.member("reply", bytes: reply)
        json.member("withheld", withheld: withheld)
    }
}

extension PlannedFactor {
    fileprivate func write(to json: inout CanonicalJSON) {
        json.member("identity", identity)
        json.member("looksAfter", looksAfter?.milliseconds)
        json.member("sid", sid)
        json.member("user", user)
        json.member("withheld", withheld: withheld)
    }
}

extension PlannedChallenge {
    fileprivate func write(to json: inout CanonicalJSON) {
        json.member("factor", object: factor) { $1.write(to: &$0) }
        json.member("open", open)
        json.member("request", request)
    }
}
