import Basics
import Wire

/// Who has registered what, and which codes are under way, for ``ModelWorker``.
struct ModelPeople: Sendable {
    struct Code: Sendable {
        var text: String
        var number: String
        var login: Job.Login
        var tries = 0
        var isUsed = false
    }

    var phones: [String: String] = [:]
    var apps: Set<String> = []
    /// By user.
    var codes: [String: Code] = [:]
    /// Secrets by sign-in.
    var enrolments: [Job.Login: String] = [:]

    func isEnrolling(_ login: Job.Login) -> Bool { enrolments[login] != nil }

    func options(of login: Job.Login) -> Reply {
        var reply = Reply(.options, at: .now())
        let number = phones[login.user]
        reply.decision = number == nil ? "register" : "verify"
        reply.because = ["application_all", number == nil ? "not_registered" : "registered"]
        reply.methods =
            number.map { [Reply.MethodState(method: .code(.sms), to: ModelWorker.mask($0), usable: true)] } ?? []
        (reply.register, reply.registerChannels) = ([.phone], [.sms])
        return reply
    }
}

extension ModelWorker {
    static func mask(_ number: String) -> String { "+1········\(number.suffix(2))" }

    /// What a job comes to, with its call at Twilio.
    func carryOut(_ job: Job) async -> Reply {
        let login = job.login
        switch job.request {
        case .send:
            guard let number = people.withLock({ $0.phones[login.user] }) else {
                return Reply(.notAllowed, reason: .notRegistered, at: .now())
            }
            return await send(to: number, login)
        case .registerPhone(let phone, _, _, _):
            let number = phone.revealed
            guard number.count == 12, number.hasPrefix("+1") else {
                var reply = Reply(.invalid, reason: .malformed, at: .now())
                reply.errors = [FieldProblem("phone", "not_a_number")]
                return reply
            }
            return await send(to: number, login)
        case .registerAuthenticator(let label, _, _): return enrol(login, label ?? login.user)
        case .check(let code, let method):
            return method == .authenticator ? checkApp(code.revealed, login) : await check(code.revealed, login)
        case .cancel:
            people.withLock { $0.codes[login.user] = nil }
            return Reply(.canceled, at: .now())
        case .options, .outcome, .admin: return Reply(.unavailable, reason: .providerUnreachable, at: .now())
        }
    }

    private func send(to number: String, _ login: Job.Login) async -> Reply {
        let at = Timestamp.now()
        if number == ToyTwilio.refusedNumber {
            var reply = Reply(.blocked, reason: .fraudGuard, at: at)
            reply.alternatives = []
            return reply
        }
        let code = ModelPeople.Code(text: String(Int.random(in: 100_000...999_999)), number: number, login: login)
        switch await twilio.send(code.text, to: number) {
        case .away: return Reply(.unavailable, reason: .providerUnreachable, at: at)
        case .lost: return uncertain(at)
        case .done: people.withLock { $0.codes[login.user] = code }
        }
        var reply = Reply(.sent, at: at)
        (reply.channel, reply.to) = (.code(.sms), mistake == .showsNumbers ? number : Self.mask(number))
        (reply.expiresAt, reply.retryAt) = ("\(at + .seconds(600))", "\(at + .seconds(30))")
        (reply.sendsLeft, reply.checksLeft) = (4, 5)
        return reply
    }

    private func uncertain(_ at: Timestamp) -> Reply {
        var reply = Reply(.uncertain, reason: .answerLost, at: at)
        reply.retryAt = "\(at + .seconds(5))"
        return reply
    }

    private func check(_ typed: String, _ login: Job.Login) async -> Reply {
        let at = Timestamp.now()
        guard let code = people.withLock({ $0.codes[login.user] }) else {
            return Reply(.expired, reason: .notPending, at: at)
        }
        if code.login != login, mistake != .takesAnyLogin { return Reply(.expired, reason: .notYours, at: at) }
        if code.isUsed, mistake != .takesUsedCodes { return Reply(.expired, reason: .codeUsed, at: at) }
        if code.tries >= 5 {
            var reply = Reply(.throttled, at: at)
            (reply.limit, reply.retryAt) = (.codeTries, "\(at + .seconds(600))")
            return reply
        }
        switch await twilio.check() {
        case .done: break
        case .away, .lost:
            return mistake == .callsOutagesAWrongCode
                ? denied(code, at) : Reply(.unavailable, reason: .providerUnreachable, at: at)
        }
        guard code.text == typed else {
            people.withLock { $0.codes[login.user]?.tries += 1 }
            if mistake == .callsWrongCodesAnOutage { return Reply(.unavailable, reason: .providerRefused, at: at) }
            return denied(code, at)
        }
        var reply = Reply(.approved, at: at)
        people.withLock { people in
            people.codes[login.user]?.isUsed = true
            if people.phones.updateValue(code.number, forKey: login.user) == nil { reply.registered = .phone }
        }
        return reply
    }

    private func denied(_ code: ModelPeople.Code, _ at: Timestamp) -> Reply {
        var reply = Reply(.denied, at: at)
        reply.checksLeft = 4 - code.tries
        return reply
    }

    private func enrol(_ login: Job.Login, _ label: String) -> Reply {
        let secret = people.withLock { people in
            let secret = people.enrolments[login] ?? "ABCD EFGH IJKL MNOP"
            people.enrolments[login] = secret
            return secret
        }
        var reply = Reply(.enrolling, at: .now())
        reply.secret = secret
        reply.uri = "otpauth://totp/Site:\(label)?secret=ABCDEFGHIJKLMNOP&issuer=Site&digits=6&period=30"
        reply.expiresAt = "\(Timestamp.now() + .seconds(600))"
        return reply
    }

    private func checkApp(_ typed: String, _ login: Job.Login) -> Reply {
        let isRight = people.withLock { people in
            guard typed == ToyTwilio.appCode, people.enrolments.removeValue(forKey: login) != nil else { return false }
            return people.apps.insert(login.user).inserted
        }
        guard isRight else { return Reply(.expired, reason: .notPending, at: .now()) }
        var reply = Reply(.approved, at: .now())
        reply.registered = .authenticator
        return reply
    }
}
