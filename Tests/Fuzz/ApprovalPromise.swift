@testable import Wire

/// What was taken for an approval says of exactly what was asked that it is approved, by another reader of JSON.
struct ApprovalPromise {
    let body: [UInt8]

    func check(_ approval: Questions.Approval) throws(BrokenPromise) {
        guard let value = try? JSONParser.parse(body, maximumDepth: 1000) else {
            // What nobody needs may be odd, which the strict reader does not forgive. Then the words at least are there.
            return try insist(mentions(needed(approval)), "\(approval) by what has not even the words for it")
        }
        try insist(objects(value, approval).contains { says($0, approval) }, "\(approval) by what does not say so")
    }

    /// Also true where the words may be written in another way: with escapes, or in another encoding.
    private func mentions(_ needed: [String: JSONValue]) -> Bool {
        if body.contains(UInt8(ascii: "\\")) || body.contains(0) { return true }
        return needed.values.allSatisfy { value in
            guard case .string(let text) = value else { return true }
            return body.occurrences(of: "\"\(text)\"") > 0
        }
    }

    private func objects(_ value: JSONValue, _ approval: Questions.Approval) -> [[String: JSONValue]] {
        guard case .object(let members) = value else { return [] }
        guard approval == .listedChallenge else { return [members] }
        guard case .array(let entries)? = members["challenges"] else { return [] }
        return entries.compactMap { if case .object(let members) = $0 { members } else { nil } }
    }

    private func says(_ members: [String: JSONValue], _ approval: Questions.Approval) -> Bool {
        needed(approval).allSatisfy { members[$0] == $1 }
            && (approval == .check || isSameIdentity(members["identity"]))
            && (![.newChallenge, .listedChallenge].contains(approval)
                || isOurs(members["hidden_details"], mayBeMissing: approval == .newChallenge))
    }

    private func needed(_ approval: Questions.Approval) -> [String: JSONValue] {
        var needed: [String: JSONValue] = ["service_sid": .string(Questions.service)]
        switch approval {
        case .check:
            needed["sid"] = .string(Questions.verification)
            needed["to"] = .string(Questions.number)
            needed["valid"] = true
        case .newFactor, .knownFactor: needed["sid"] = .string(Questions.factor)
        case .knownChallenge: needed["sid"] = .string(Questions.challenge)
        case .newChallenge, .listedChallenge: break
        }
        let isFactor = [.newFactor, .knownFactor].contains(approval)
        needed["status"] = isFactor ? "verified" : "approved"
        if approval != .check { needed["factor_type"] = "totp" }
        if approval != .check && !isFactor { needed["factor_sid"] = .string(Questions.factor) }
        return needed
    }

    private func isSameIdentity(_ value: JSONValue?) -> Bool {
        guard case .string(let text)? = value else { return false }
        return text.utf8.count == Questions.identity.utf8.count && text.lowercased() == Questions.identity
    }

    private func isOurs(_ details: JSONValue?, mayBeMissing: Bool) -> Bool {
        guard case .object(let members)? = details, case .string(let name)? = members["request"] else {
            return mayBeMissing
        }
        return name == Questions.request
    }
}
