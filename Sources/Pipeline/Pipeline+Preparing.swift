import Basics
import PhoneNumbers
import Store
import Wire

/// What a well-formed job needs: rules and a transaction, or only a look.
enum Preparation: Sendable {
    /// With what was typed, for a check.
    case rules(any JobRules, code: Redacted<String>? = nil)
    case options(OptionsRules)
    /// The recorded reply of this message id.
    case outcome(String)
    case invalid(Reason?, [FieldProblem])
}

extension Pipeline {
    /// Finds the rules of a job, and reads the numbers that it names.
    @inline(never)
    func prepare(_ job: Job, _ draft: ReplyDraft, _ new: inout NewJob) -> Preparation {
        let deadline = new.deadline
        switch job.request {
        case .options: return .options(OptionsRules(login: job.login, settings: settings))
        case .outcome(let id): return .outcome(id)
        case .registerPhone(let phone, let region, let channel, let ticket):
            switch read(phone, region) {
            case .failure(let problem): return .invalid(.malformed, [problem.field(of: phone, region)])
            case .success(let place): new.place = place
            }
            return .rules(
                SendRules(
                    draft: draft, login: job.login, channel: channel, purpose: .register, ticket: ticket,
                    deadline: deadline, settings: settings))
        case .registerAuthenticator(let label, let picture, let ticket):
            return .rules(
                EnrolRules(
                    draft: draft, login: job.login, label: label ?? job.login.user, picture: picture, ticket: ticket,
                    deadline: deadline, settings: settings, identity: RandomID.uuid(), secret: TOTP.freshSecret()))
        case .send(let channel):
            return .rules(
                SendRules(
                    draft: draft, login: job.login, channel: channel, purpose: .login, deadline: deadline,
                    settings: settings))
        case .check(let code, let method):
            return .rules(
                CheckRules(
                    draft: draft, login: job.login, code: code, method: method, deadline: deadline,
                    settings: settings), code: code)
        case .cancel(let id):
            let send = id.map { JobKey(frontEnd: new.key.frontEnd, messageID: $0) }
            return .rules(CancelRules(draft: draft, login: job.login, send: send, deadline: deadline))
        case .admin(let request): return administration(request, job, draft, new)
        }
    }

    private func administration(_ request: AdminRequest, _ job: Job, _ draft: ReplyDraft, _ new: NewJob)
        -> Preparation
    {
        var place: NumberPlace?
        if case .userSet(let values) = request.action, let phone = values.phone {
            switch read(phone, nil) {
            case .failure(let problem): return .invalid(.malformed, [problem.field(of: phone, nil)])
            case .success(let read): place = read
            }
        }
        var secrets: [WithheldField: Redacted<String>] = [:]
        for field in [WithheldField.code, .ticket] { secrets[field] = store.secret(field, of: new.key) }
        return .rules(
            AdminRules(
                draft: draft, kind: job.kind, key: new.key, login: job.login, request: request, place: place,
                deadline: new.deadline, settings: settings, secrets: secrets,
                pseudonym: "erased-\(RandomID.hex(bytes: 8))"))
    }

    private func read(_ phone: Redacted<String>, _ region: String?) -> Result<NumberPlace, NumberProblem> {
        Result { () throws(NumberProblem) in
            let parsed = try PhoneNumberParser.parse(phone.revealed, region: region)
            return NumberPlace(number: parsed.number, region: parsed.region, isLandline: parsed.isLandline)
        }
    }
}

extension NumberProblem {
    /// The region is at fault only where it is given and counts: not beside a number with a country code.
    func field(of phone: Redacted<String>, _ region: String?) -> FieldProblem {
        let isInternational = phone.revealed.contains { $0 == "+" || $0 == "＋" }
        let isRegion = self == .unknownRegion && region != nil && !isInternational
        return FieldProblem(isRegion ? "region" : "phone", rawValue)
    }
}
