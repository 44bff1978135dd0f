import Basics
import SitePolicy
import Store
import Testing
import Wire

@testable import Pipeline

/// Each rule, asked about a situation.
extension Scene {
    func send(
        _ situation: Situation, _ channel: Wire.Channel = .sms, purpose: Purpose = .login,
        ticket: Redacted<String>? = nil, patience: Duration = .seconds(30),
        _ change: (inout PipelineSettings) -> Void = { _ in }
    ) -> Decision {
        SendRules(
            draft: draft, login: login, channel: channel, purpose: purpose, ticket: ticket,
            deadline: now + patience, settings: settings(change)
        ).decide(situation)
    }

    func check(
        _ situation: Situation, method: Factor? = nil, patience: Duration = .seconds(30),
        _ change: (inout PipelineSettings) -> Void = { _ in }
    ) -> Decision {
        CheckRules(
            draft: draft, login: login, code: Redacted("123456"), method: method, deadline: now + patience,
            settings: settings(change)
        ).decide(situation)
    }

    func cancel(_ situation: Situation, send: String? = nil, patience: Duration = .seconds(30)) -> Decision {
        CancelRules(
            draft: draft, login: login, send: send.map { JobKey(frontEnd: "web", messageID: $0) },
            deadline: now + patience
        ).decide(situation)
    }

    /// A situation in which the login waits for its own live code.
    func pendingSituation(
        _ purpose: Purpose = .login, _ change: (inout Situation) -> Void = { _ in }
    ) -> Situation {
        situation {
            ($0.pending, $0.code) = (pending(purpose), code())
            if purpose == .register { $0.user = nil }
            change(&$0)
        }
    }

    /// A tally of which `used` are in the window, the oldest of them `age` seconds ago.
    func tally(_ limit: Int, used: Int, age: Int = 60, window: Duration = .seconds(3600)) -> TallyState {
        let newest = (0..<used).map { now - .seconds(used == 1 ? age : age * ($0 + 1) / used) }
        return TallyState(limit: limit, newest: Array(newest.prefix(limit)), window: window)
    }
}

extension [Change] {
    var tickets: [String] { compactMap { if case .ticket(_, let text, _) = $0 { text.revealed } else { nil } } }
    var usedTickets: [[UInt8]] { compactMap { if case .useTicket(let hash) = $0 { hash } else { nil } } }
    /// Whose bypass codes were guessed at.
    var bypassTries: [String] { compactMap { if case .bypassTry(let user) = $0 { user } else { nil } } }
    var audits: [AuditEntry] { compactMap { if case .audit(let entry) = $0 { entry } else { nil } } }
    var canceledSends: [JobKey] { compactMap { if case .cancelSend(let key, _) = $0 { key } else { nil } } }
    /// The clients of approvals; an approval without one is `""`.
    var approvedClients: [String] { compactMap { if case .approval(_, let client) = $0 { client ?? "" } else { nil } } }
    var chores: [ProviderChore] { compactMap { if case .chore(let chore) = $0 { chore } else { nil } } }
    /// The names of everything else.
    var kinds: [String] { map { String("\($0)".prefix { $0 != "(" }) } }
}
