public import Basics
public import Wire

/// How a job is asked for.
public struct AskOptions: Sendable {
    /// The idempotency key.
    ///
    /// Nothing heard? Ask again with the same one: it has one effect.
    public var messageID: String
    /// How long the person waits: 3 to 120 seconds.
    ///
    /// With less than two seconds left a worker begins nothing and answers `late`; beyond 120 seconds it takes 120.
    public var patience: Duration

    /// A new id and half a minute, unless told otherwise.
    public init(messageID: String = RandomID.uuid(), patience: Duration = .seconds(30)) {
        self.messageID = messageID
        self.patience = patience
    }
}

/// One call per job of the contract.
///
/// Each returns the reply, whatever its outcome: a wrong code is an answer, not an error. Each throws ``ClientError``
/// when there is no reply, or `CancellationError` when the caller's task was cancelled; the job may then be carried out
/// all the same.
extension LoginClient {
    /// Sends any job and reads its reply.
    public func ask(_ kind: JobKind, _ body: JobBody, _ options: AskOptions = AskOptions()) async throws -> Reply {
        let heard = try await hear(
            kind, body: body.encoded(), messageID: options.messageID, patience: options.patience)
        do {
            var reply = try Reply.decode(heard.body)
            reply.publishedAt = heard.publishedAt
            return reply
        } catch {
            throw ClientError(code: .unreadable, message: "the reply is not one of the contract's")
        }
    }

    /// Which ways to confirm a sign-in a person has, and whether one is needed.
    public func options(of login: Job.Login, _ options: AskOptions = AskOptions()) async throws -> Reply {
        try await ask(.options, JobBody(login), options)
    }

    /// Sends a code to a number; the first right code registers it.
    ///
    /// - Parameters:
    ///   - phone: as typed; national only with `region`.
    ///   - region: ISO 3166-1 alpha-2: whose national numbers are meant.
    ///   - channel: how the code goes there.
    ///   - login: who signs in, in which sign-in.
    ///   - ticket: where the site asks for one.
    ///   - options: how it is asked for.
    public func registerPhone(
        _ phone: String, region: String? = nil, by channel: Channel, for login: Job.Login,
        ticket: Redacted<String>? = nil, _ options: AskOptions = AskOptions()
    ) async throws -> Reply {
        var body = JobBody(login)
        body["phone"] = .string(phone)
        body["region"] = region.map { .string($0) }
        body["channel"] = .string(channel.rawValue)
        body["ticket"] = ticket.map { .string($0.revealed) }
        return try await ask(.registerPhone, body, options)
    }

    /// Hands out a secret for an authenticator app; the first right code of the same login registers it.
    ///
    /// Within ten minutes the same login is shown the same secret again.
    ///
    /// - Parameters:
    ///   - login: who signs in, in which sign-in.
    ///   - label: what the app shows beside its codes; the user by default.
    ///   - picture: how the QR code is drawn.
    ///   - ticket: where the site asks for one.
    ///   - options: how it is asked for.
    public func registerAuthenticator(
        for login: Job.Login, label: String? = nil, picture: Picture = .svg, ticket: Redacted<String>? = nil,
        _ options: AskOptions = AskOptions()
    ) async throws -> Reply {
        var body = JobBody(login)
        body["label"] = label.map { .string($0) }
        body["qr"] = .string(picture.rawValue)
        body["ticket"] = ticket.map { .string($0.revealed) }
        return try await ask(.registerAuthenticator, body, options)
    }

    /// Sends a code to the person's registered phone.
    public func send(
        by channel: Channel, for login: Job.Login, _ options: AskOptions = AskOptions()
    ) async throws -> Reply {
        var body = JobBody(login)
        body["channel"] = .string(channel.rawValue)
        return try await ask(.send, body, options)
    }

    /// Checks what the person typed; only `approved` lets them in.
    public func check(
        _ code: Redacted<String>, method: Factor? = nil, for login: Job.Login, _ options: AskOptions = AskOptions()
    ) async throws -> Reply {
        var body = JobBody(login)
        body["code"] = .string(code.revealed)
        body["method"] = method.map { .string($0.rawValue) }
        return try await ask(.check, body, options)
    }

    /// Ends the login's code; with `job`, a send of this login too that may still wait.
    public func cancel(
        job: String? = nil, for login: Job.Login, _ options: AskOptions = AskOptions()
    ) async throws -> Reply {
        var body = JobBody(login)
        body["job"] = job.map { .string($0) }
        return try await ask(.cancel, body, options)
    }

    /// The recorded reply of an earlier job of this front end.
    public func outcome(
        of job: String, for login: Job.Login, _ options: AskOptions = AskOptions()
    ) async throws -> Reply {
        var body = JobBody(login)
        body["job"] = .string(job)
        return try await ask(.outcome, body, options)
    }

    /// An administrator's job: the body names its `operator`.
    public func administer(
        _ kind: JobKind, by administrator: String, _ fields: JobBody, _ options: AskOptions = AskOptions()
    ) async throws -> Reply {
        var body = fields
        body["operator"] = .string(administrator)
        return try await ask(kind, body, options)
    }
}
