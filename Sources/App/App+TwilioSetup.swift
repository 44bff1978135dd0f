import TwilioVerify

/// What `twilio setup` did, or would do.
public struct TwilioSetup: Sendable, Equatable, Encodable {
    /// What became of the service.
    public enum Action: String, Sendable, Encodable {
        case created, updated, unchanged
    }

    /// What became of the service.
    public var action: Action
    /// Nothing was done.
    public var isDryRun: Bool
    /// `VA…`; `nil` for a service that would be made.
    public var service: String?
    /// `AC…`, the account that it is in.
    public var account: String
    /// The service's name, as texts and calls say it.
    public var name: String?
    /// What differs from how it was.
    public var changes: [TwilioChange]
    /// What is left to be seen to in the Console.
    public var console = TwilioConsole.steps().map(\.text)

    private enum CodingKeys: String, CodingKey {
        case action, service, account, name, changes, console
        case isDryRun = "dry_run"
    }
}

extension App {
    /// Makes the Verify service that the site needs, or brings an existing one to it: the one that is named, else the
    /// configured one, else the one of the wished name.
    ///
    /// Done again, it changes nothing.
    ///
    /// - Parameters:
    ///   - wishes: What the service shall be like.
    ///   - named: `VA…`
    ///   - isDryRun: Only looks what would change.
    /// - Throws: ``ConfigProblem``, ``TwilioProblem``.
    public func setUpTwilio(
        _ wishes: TwilioWishes, service named: String? = nil, isDryRun: Bool = false
    ) async throws -> TwilioSetup {
        if let problem = wishes.problem { throw TwilioProblem(exitCode: 64, problem) }
        var account = try settings.account(needsService: false)
        if let named { account.serviceSID = named }
        let twilio = try twilioClient { [account] in account }
        let existing = try await existingService(twilio, account, wishes.friendlyName)
        let plan = TwilioPlan(wishes, existing: existing?.settings)
        var result = TwilioSetup(
            action: existing == nil ? .created : plan.changes.isEmpty ? .unchanged : .updated, isDryRun: isDryRun,
            service: existing?.sid, account: existing?.accountSID ?? account.accountSID,
            name: wishes.friendlyName ?? existing?.settings.friendlyName, changes: plan.changes)
        if !isDryRun, result.action != .unchanged {
            let service = try await carryOut(plan, on: existing, twilio)
            result.service = service.sid
            // An API key makes services in its own account, whatever the configuration calls it.
            result.account = service.accountSID ?? account.accountSID
        }
        return result
    }

    /// - Returns: `nil` when one is to be made.
    private func existingService(
        _ twilio: TwilioClient, _ account: TwilioAccount, _ name: String?
    ) async throws(TwilioProblem) -> Service? {
        guard account.serviceSID.isEmpty else { return try await namedService(twilio, account) }
        guard let name else { throw TwilioProblem(exitCode: 64, "no service is configured: say --name for a new one") }
        let all = try await TwilioProblem.turning("list the services") { () throws(CallFailure) in
            try await twilio.services()
        }
        let found = all.filter { $0.settings.friendlyName == name }
        guard found.count <= 1 else {
            let sids = found.map(\.sid).joined(separator: ", ")
            throw TwilioProblem(exitCode: 78, "several services are called \"\(name)\" (\(sids)): choose by --service")
        }
        return found.first
    }

    private func namedService(
        _ twilio: TwilioClient, _ account: TwilioAccount
    ) async throws(TwilioProblem) -> Service {
        let found = try await TwilioProblem.turning("read the service") { () throws(CallFailure) in
            try await twilio.fetchService()
        }
        guard let found else {
            throw TwilioProblem(
                exitCode: 78,
                "the account has no service \(account.serviceSID): correct site.2FA_VERIFY_SERVICESID or --service, or leave both out to have one made"
            )
        }
        guard found.accountSID == account.accountSID else {
            throw TwilioProblem(
                exitCode: 78,
                "\(found.sid) does not belong to \(account.accountSID): correct site.2FA_VERIFY_ACCOUNTSID")
        }
        return found
    }

    private func carryOut(
        _ plan: TwilioPlan, on existing: Service?, _ twilio: TwilioClient
    ) async throws(TwilioProblem) -> Service {
        guard let existing else {
            return try await TwilioProblem.turning("make the service", isChange: true) { () throws(CallFailure) in
                try await twilio.createService(plan.settings)
            }
        }
        let changed = try await TwilioProblem.turning("change the service", isChange: true) { () throws(CallFailure) in
            try await twilio.updateService(existing.sid, plan.settings)
        }
        guard let changed else {
            throw TwilioProblem(exitCode: 75, "\(existing.sid) has just been deleted: run this again")
        }
        return changed
    }
}
