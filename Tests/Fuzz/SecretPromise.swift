import Basics
import Foundation

@testable import Pipeline
@testable import Wire

/// A job's code, ticket or number is in nothing that is printed, and a code or ticket in nothing that is kept.
struct SecretPromise {
    private let envelope: Envelope
    private let body: [UInt8]
    private let field: String
    private let secret: String

    /// `nil` unless the body has a secret that stands nowhere else in the input.
    init?(_ envelope: Envelope, input: [UInt8]) {
        guard case .bytes(let body) = envelope.body, body.count <= JobDecoder.maximumBody,
            case .object(let members)? = try? JSONValue(parsing: body)
        else { return nil }
        let found = ["code", "ticket", "phone"].lazy.compactMap { field -> (String, String)? in
            guard case .string(let text)? = members[field], text.utf8.count >= 6, input.occurrences(of: text) == 1
            else { return nil }
            return (field, text)
        }.first
        guard let found else { return nil }
        (field, secret) = found
        self.envelope = envelope
        self.body = body
    }

    func check() throws(BrokenPromise) {
        // What shows with another secret in its place has not come from it.
        let other = Array(
            String(decoding: body, as: UTF8.self)
                .replacing(secret, with: String(repeating: "x", count: secret.utf8.count)).utf8)
        try insist(!shows(printed, other), "a \(field) in what is printed")
        guard field != "phone" else { return }
        try insist(!shows(kept, other), "a \(field) in what is kept")
    }

    private func shows(_ text: ([UInt8]) -> [UInt8], _ other: [UInt8]) -> Bool {
        text(body).occurrences(of: secret) > 0 && text(other).occurrences(of: secret) == 0
    }

    private func printed(_ body: [UInt8]) -> [UInt8] {
        var envelope = envelope
        envelope.body = .bytes(body)
        let read = JobDecoder().read(envelope)
        return Array((String(describing: read) + String(reflecting: read)).utf8)
    }

    private func kept(_ body: [UInt8]) -> [UInt8] { CodeBlanker.blank(body) }
}
