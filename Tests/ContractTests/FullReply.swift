import Basics
import Wire

extension Reply {
    /// A reply with every field that there is: what no single job gets.
    static var full: Reply {
        let time = Timestamp(seconds: 1_800_000_000)
        var reply = Reply(.throttled, reason: .codeExpired, at: time)
        reply.publishedAt = time
        (reply.job, reply.user, reply.application) = ("m-1", "anna", .windows)
        (reply.channel, reply.to, reply.sameCode) = (.code(.sms), "+1········42", true)
        (reply.expiresAt, reply.retryAt) = (time.description, time.description)
        (reply.sendsLeft, reply.checksLeft) = (4, 3)
        (reply.alternatives, reply.registered, reply.limit) = ([.code(.call)], .phone, .codeTries)
        reply.errors = [FieldProblem("phone", "not_a_number")]
        (reply.decision, reply.because) = ("verify", ["application_all"])
        reply.methods = [MethodState(method: .code(.sms), to: "+1········42", usable: true, retryAt: time.description)]
        reply.methods?[0].reason = .methodDisabled
        reply.methods?[0].limit = .codeTries
        (reply.registerChannels, reply.needsTicket) = ([.call], true)
        reply.register = [.authenticator]
        (reply.secret, reply.uri) = ("JBSW Y3DP", "otpauth://totp/Example:anna?secret=JBSWY3DP")
        reply.qr = Drawing(type: "image/png", data: "AA==")
        reply.fillAdministration(time.description)
        return reply
    }

    private mutating func fillAdministration(_ time: String) {
        var profile = Profile(user: "anna", known: true, required: true, authenticator: true)
        (profile.graceUntil, profile.phone, profile.phoneRegisteredAt) = (time, "+1········42", time)
        (profile.authenticatorRegisteredAt, profile.lastApprovedAt, profile.lockedUntil) = (time, time, time)
        (profile.ticketUntil, profile.bypassUntil) = (time, time)
        (before, warnings) = (profile, [FieldProblem("grace_until", "past")])
        entries = [
            TrailEntry(
                id: 1, at: time, administrator: "olga", frontEnd: "desk", job: "m-1", key: "admin.user.set",
                user: "anna", formerUser: "ana", outcome: .done, reason: .malformed, detail: "{}")
        ]
        options = ["2FA_VER_SMS": OptionState(value: "Enabled", source: "store")]
        effect = Effect(usersWithoutMethod: 1, requiredWithoutMethod: 1, usersNewlyRequired: 1)
        (self.profile, users, next) = (profile, [profile], "anna")
        (providerPending, ticket, code) = (true, "7K2M", "123456")
        limits = [LimitState(name: "sends_per_user_hour", used: 1, allowed: 2, retryAt: time)]
        counts = ["waiting": 1]
        delivery = Delivery(
            channel: .code(.sms), to: "+1········42", status: .undelivered, errorCode: 30005, advice: "Alert on rate.",
            at: time)
        var letter = Letter(
            id: 1, reason: .malformed, state: .waiting, key: "send", frontEnd: "portal", job: "m-1", at: time,
            replays: 0, body: "{}")
        letter.cut = true
        letters = [letter]
    }
}
