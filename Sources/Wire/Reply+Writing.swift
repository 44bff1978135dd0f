import Basics

/// How a reply becomes bytes. A test holds it against what the types themselves say, field by field.
extension Reply {
    func write(to json: inout CanonicalJSON) {
        json.member("alternatives", list: alternatives) { $0.string($1.rawValue) }
        json.member("application", application)
        json.member("at", at)
        json.member("because", list: because) { $0.string($1) }
        json.member("before", object: before) { $1.write(to: &$0) }
        json.member("channel", channel)
        json.member("checks_left", checksLeft)
        json.member("code", code)
        json.member("counts", object: counts) { json, counts in
            for (name, count) in counts.sorted(by: { $0.key < $1.key }) { json.member(name, count) }
        }
        json.member("decision", decision)
        json.member("delivery", object: delivery) { $1.write(to: &$0) }
        json.member("effect", object: effect) { $1.write(to: &$0) }
        json.member("entries", list: entries) { json, entry in json.object { entry.write(to: &$0) } }
        json.member("errors", list: errors) { json, problem in json.object { problem.write(to: &$0) } }
        json.member("expires_at", expiresAt)
        json.member("job", job)
        json.member("letters", list: letters) { json, letter in json.object { letter.write(to: &$0) } }
        json.member("limit", limit)
        json.member("limits", list: limits) { json, limit in json.object { limit.write(to: &$0) } }
        json.member("message", message)
        json.member("methods", list: methods) { json, method in json.object { method.write(to: &$0) } }
        json.member("needs_ticket", needsTicket)
        json.member("next", next)
        json.member("options", object: options) { json, options in
            for (name, option) in options.sorted(by: { $0.key < $1.key }) {
                json.member(name, object: option) { $1.write(to: &$0) }
            }
        }
        json.member("outcome", outcome)
        json.member("profile", object: profile) { $1.write(to: &$0) }
        json.member("provider_pending", providerPending)
        json.member("qr", object: qr) { $1.write(to: &$0) }
        json.member("reason", reason)
        json.member("register", list: register) { $0.string($1.rawValue) }
        json.member("register_channels", list: registerChannels) { $0.string($1.rawValue) }
        json.member("registered", registered)
        json.member("retry_at", retryAt)
        json.member("same_code", sameCode)
        json.member("secret", secret)
        json.member("sends_left", sendsLeft)
        json.member("ticket", ticket)
        json.member("to", to)
        json.member("uri", uri)
        json.member("user", user)
        json.member("users", list: users) { json, profile in json.object { profile.write(to: &$0) } }
        json.member("warnings", list: warnings) { json, problem in json.object { problem.write(to: &$0) } }
    }
}

extension FieldProblem {
    fileprivate func write(to json: inout CanonicalJSON) {
        json.member("field", field)
        json.member("reason", reason)
    }
}

extension Reply.MethodState {
    fileprivate func write(to json: inout CanonicalJSON) {
        json.member("limit", limit)
        json.member("method", method)
        json.member("reason", reason)
        json.member("retry_at", retryAt)
        json.member("to", to)
        json.member("usable", usable)
    }
}

extension Reply.Drawing {
    fileprivate func write(to json: inout CanonicalJSON) {
        json.member("data", data)
        json.member("type", type)
    }
}

extension Reply.OptionState {
    fileprivate func write(to json: inout CanonicalJSON) {
        json.member("source", source)
        json.member("value", value)
    }
}

extension Reply.Effect {
    fileprivate func write(to json: inout CanonicalJSON) {
        json.member("required_without_method", requiredWithoutMethod)
        json.member("users_newly_required", usersNewlyRequired)
        json.member("users_without_method", usersWithoutMethod)
    }
}

extension Reply.Profile {
    fileprivate func write(to json: inout CanonicalJSON) {
        json.member("authenticator", authenticator)
        json.member("authenticator_registered_at", authenticatorRegisteredAt)
        json.member("bypass_until", bypassUntil)
        json.member("grace_until", graceUntil)
        json.member("known", known)
        json.member("last_approved_at", lastApprovedAt)
        json.member("locked_until", lockedUntil)
        json.member("phone", phone)
        json.member("phone_registered_at", phoneRegisteredAt)
        json.member("required", required)
        json.member("ticket_until", ticketUntil)
        json.member("user", user)
    }
}

extension Reply.LimitState {
    fileprivate func write(to json: inout CanonicalJSON) {
        json.member("allowed", allowed)
        json.member("name", name)
        json.member("retry_at", retryAt)
        json.member("used", used)
    }
}

extension Reply.Letter {
    fileprivate func write(to json: inout CanonicalJSON) {
        json.member("at", at)
        json.member("body", body)
        json.member("cut", cut)
        json.member("front_end", frontEnd)
        json.member("id", id)
        json.member("job", job)
        json.member("key", key)
        json.member("reason", reason)
        json.member("replays", replays)
        json.member("state", state)
    }
}

extension Reply.Delivery {
    fileprivate func write(to json: inout CanonicalJSON) {
        json.member("advice", advice)
        json.member("at", at)
        json.member("channel", channel)
        json.member("error_code", errorCode)
        json.member("status", status)
        json.member("to", to)
    }
}

extension Reply.TrailEntry {
    fileprivate func write(to json: inout CanonicalJSON) {
        json.member("at", at)
        json.member("detail", detail)
        json.member("former_user", formerUser)
        json.member("front_end", frontEnd)
        json.member("id", id)
        json.member("job", job)
        json.member("key", key)
        json.member("operator", administrator)
        json.member("outcome", outcome)
        json.member("reason", reason)
        json.member("user", user)
    }
}
