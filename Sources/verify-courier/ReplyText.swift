import App
import Wire

/// A reply for people.
enum ReplyText {
    /// - Parameters:
    ///   - body: what was asked.
    ///   - isDryRun: nothing was to be changed.
    static func lines(of reply: Reply, to body: JobBody, isDryRun: Bool = false) -> [StyledLine] {
        var lines = sentences(of: reply, to: body, isDryRun: isDryRun).map { StyledLine($0) }
        lines[0].pieces[0].tone = isDryRun ? .plain : tone(reply.outcome)
        if let users = reply.users, !users.isEmpty { lines += PeopleTable.lines(users) }
        if let letters = reply.letters, !letters.isEmpty { lines += LetterTable.lines(letters) }
        if let entries = reply.entries, !entries.isEmpty { lines += TrailTable.lines(entries.map(TrailLine.init)) }
        return lines
    }

    private static func tone(_ outcome: Outcome) -> Tone {
        switch outcome {
        case .sent, .enrolling, .approved, .options, .canceled, .done: .good
        case .throttled, .late, .uncertain, .unknownJob: .doubtful
        case .denied, .expired, .blocked, .notAllowed, .invalid, .unavailable: .bad
        }
    }

    private static func sentences(of reply: Reply, to body: JobBody, isDryRun: Bool) -> [String] {
        var lines = [([reply.outcome.rawValue, reply.reason?.rawValue].compactMap(\.self)).joined(separator: " / ")]
        if isDryRun, reply.outcome == .done {
            lines = ["dry run: nothing was changed; with this change it would be"]
        } else if reply.message != "Done." {
            lines.append("  \(reply.message)")
        }
        lines += named(login(reply)) + block("wrong", (reply.errors ?? []).map { RefusalHint.line(for: $0, in: body) })
        lines += block("options", options(reply)) + named(administration(reply))
        lines += block("limits", limits(reply))
        if reply.users == [] || reply.entries == [] || reply.letters == [] { lines.append("  nobody and nothing fits") }
        return lines
    }

    private static func login(_ reply: Reply) -> [(String, String?)] {
        [
            ("to", reply.to), ("expires", reply.expiresAt), ("again at", reply.retryAt),
            ("sends left", reply.sendsLeft.map(String.init)), ("checks left", reply.checksLeft.map(String.init)),
            ("limit", reply.limit?.rawValue), ("registered", reply.registered?.rawValue),
            ("alternatives", reply.alternatives?.map(\.rawValue).joined(separator: ", ")),
            ("decision", reply.decision), ("because", reply.because?.joined(separator: ", ")),
            ("in words", reply.because?.compactMap { words[$0] }.joined(separator: "; ")),
            ("methods", reply.methods?.map(line).joined(separator: ", ")),
            ("may register", reply.register?.map(\.rawValue).joined(separator: ", ")),
            ("a phone by", reply.registerChannels?.map(\.rawValue).joined(separator: ", ")),
            ("registering asks for a ticket", reply.needsTicket.map { $0 ? "yes" : "no" }),
            ("secret", reply.secret), ("link", reply.uri),
        ]
    }

    /// The steps of a decision.
    private static let words = [
        "provider_none": "the second factor is off for the whole site",
        "application_none": "the site asks nobody there",
        "application_all": "the site asks everybody there", "application_flagged": "the site asks flagged people there",
        "user_flag": "the person is flagged", "user_not_flagged": "the person is not flagged",
        "unknown_user": "nobody of this name is known", "grace": "the grace is not over yet",
        "registered": "a method is registered", "not_registered": "no method is registered",
        "no_method_enabled": "none of the methods is enabled",
    ]

    private static func administration(_ reply: Reply) -> [(String, String?)] {
        let effect = reply.effect.map {
            "\(people($0.usersWithoutMethod)) without a usable method, \($0.requiredWithoutMethod) of them required; \(people($0.usersNewlyRequired)) newly required"
        }
        return [
            ("effect", effect),
            ("before", reply.before.map(line)),
            (reply.before == nil ? "profile" : "now", reply.profile.map(line)), ("next page after", reply.next),
            ("bypass code", reply.code), ("message", reply.delivery.map(line)), ("to do", reply.delivery?.advice),
            ("ticket", reply.ticket),
            (
                "at Twilio",
                reply.providerPending.map { _ in "not everything could be removed in time; the workers go on trying" }
            ),
            (
                "counts",
                reply.counts?.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            ),
        ]
    }

    private static func people(_ count: Int) -> String { count == 1 ? "1 person" : "\(count) people" }

    private static func line(_ method: Reply.MethodState) -> String {
        let name = [method.method.rawValue, method.to].compactMap(\.self).joined(separator: " ")
        let when = method.retryAt.map { " until \($0)" } ?? ""
        guard method.usable else {
            let why = method.reason?.rawValue ?? method.limit?.rawValue
            return "\(name) (not usable\(why.map { ": \($0)" } ?? "")\(when))"
        }
        return method.retryAt.map { "\(name) from \($0)" } ?? name
    }

    private static func line(_ profile: Reply.Profile) -> String {
        let facts = [
            profile.known ? nil : "unknown", profile.required ? "required" : "not required",
            profile.graceUntil.map { "grace until \($0)" }, profile.phone.map { "phone \($0)" },
            profile.authenticator ? "authenticator" : nil, profile.lastApprovedAt.map { "last in \($0)" },
            profile.lockedUntil.map { "locked until \($0)" }, profile.ticketUntil.map { "ticket until \($0)" },
            profile.bypassUntil.map { "bypass code until \($0)" },
        ]
        return "\(profile.user): \(facts.compactMap(\.self).joined(separator: ", "))"
    }

    private static func line(_ delivery: Reply.Delivery) -> String {
        let facts = [
            delivery.channel?.rawValue, delivery.to, delivery.status.rawValue,
            delivery.errorCode.map { "Twilio \($0)" }, "as of \(delivery.at)",
        ]
        return facts.compactMap(\.self).joined(separator: "  ")
    }

    private static func options(_ reply: Reply) -> [String] {
        (reply.options ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.value) (\($0.value.source))" }
    }

    private static func limits(_ reply: Reply) -> [String] {
        (reply.limits ?? []).map {
            "\($0.name) \($0.used)/\($0.allowed)" + ($0.retryAt.map { " until \($0)" } ?? "")
        }
    }

    private static func named(_ values: [(String, String?)]) -> [String] {
        values.compactMap { name, value in value.flatMap { $0.isEmpty ? nil : "  \(name): \($0)" } }
    }

    /// The name beside the first, the others below it.
    private static func block(_ name: String, _ values: [String]) -> [String] {
        values.enumerated().map { index, value in
            "  " + (index == 0 ? "\(name): " : String(repeating: " ", count: name.count + 2)) + value
        }
    }
}
