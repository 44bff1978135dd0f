import Foundation
import Wire

/// A reply for people.
enum ReplyText {
    static func of(_ reply: Reply) -> String {
        var lines = [([reply.outcome.rawValue, reply.reason?.rawValue].compactMap(\.self)).joined(separator: " / ")]
        lines.append("  \(reply.message)")
        for (name, value) in login(reply) + administration(reply) {
            if let value, !value.isEmpty { lines.append("  \(name): \(value)") }
        }
        lines += (reply.users ?? []).map { "  " + line($0) }
        lines += (reply.letters ?? []).map { "  " + line($0) }
        return lines.joined(separator: "\n")
    }

    private static func login(_ reply: Reply) -> [(String, String?)] {
        [
            ("to", reply.to), ("expires", reply.expiresAt), ("again at", reply.retryAt),
            ("sends left", reply.sendsLeft.map(String.init)), ("checks left", reply.checksLeft.map(String.init)),
            ("limit", reply.limit?.rawValue), ("registered", reply.registered?.rawValue),
            ("alternatives", reply.alternatives?.map(\.rawValue).joined(separator: ", ")),
            ("decision", reply.decision), ("because", reply.because?.joined(separator: ", ")),
            ("methods", reply.methods?.map(line).joined(separator: ", ")),
            ("may register", reply.register?.map(\.rawValue).joined(separator: ", ")),
            ("wrong", reply.errors?.map { "\($0.field): \($0.reason)" }.joined(separator: ", ")),
            ("secret", reply.secret), ("link", reply.uri),
        ]
    }

    private static func administration(_ reply: Reply) -> [(String, String?)] {
        let options = reply.options?.sorted { $0.key < $1.key }.map {
            "\($0.key)=\($0.value.value) (\($0.value.source))"
        }
        let effect = reply.effect.map {
            "\($0.usersWithoutMethod) without a method, \($0.requiredWithoutMethod) of them required; \($0.usersNewlyRequired) newly required"
        }
        let limits = reply.limits?.map {
            "\($0.name) \($0.used)/\($0.allowed)" + ($0.retryAt.map { " until \($0)" } ?? "")
        }
        return [
            ("options", options?.joined(separator: "\n           ")), ("effect", effect),
            ("profile", reply.profile.map(line)), ("next page after", reply.next), ("bypass code", reply.code),
            ("ticket", reply.ticket), ("still open at the provider", reply.providerPending.map { "\($0)" }),
            ("limits", limits?.joined(separator: "\n          ")),
            (
                "counts",
                reply.counts?.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            ),
        ]
    }

    private static func line(_ method: Reply.MethodState) -> String {
        let name = [method.method.rawValue, method.to].compactMap(\.self).joined(separator: " ")
        guard method.usable else { return "(\(name))" }
        return method.retryAt.map { "\(name) from \($0)" } ?? name
    }

    private static func line(_ profile: Reply.Profile) -> String {
        let facts = [
            profile.known ? nil : "unknown", profile.required ? "required" : "not required",
            profile.graceUntil.map { "grace until \($0)" }, profile.phone.map { "phone \($0)" },
            profile.authenticator ? "authenticator" : nil, profile.lastApprovedAt.map { "last in \($0)" },
            profile.lockedUntil.map { "locked until \($0)" },
        ]
        return "\(profile.user): \(facts.compactMap(\.self).joined(separator: ", "))"
    }

    private static func line(_ letter: Reply.Letter) -> String {
        let facts = [
            "\(letter.id)", letter.at, letter.reason.rawValue, letter.state.rawValue, letter.key,
            letter.frontEnd.isEmpty ? "-" : letter.frontEnd, letter.job ?? "-", "replays \(letter.replays)",
        ]
        return facts.joined(separator: "  ") + (letter.body.map { "\n    \($0)" } ?? "")
    }
}
