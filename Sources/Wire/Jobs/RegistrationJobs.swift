import Basics

/// What adds a method to those that a person has.
extension JobDefinition {
    /// Sends a code to a number; the first right code registers it.
    static let registerPhone = login(.send, calls: .send, ["phone", "region", "channel", .secret("ticket")]) {
        let phone = $0.requiredText("phone", length: 1...64)
        let (region, ticket) = ($0.region(), $0.ticket())
        guard let channel = $0.required("channel", Channel.self), let phone else { return nil }
        return .registerPhone(phone: Redacted(phone), region: region, channel: channel, ticket: ticket)
    }

    /// Hands out a secret for an authenticator app; the first right code of the same login registers it.
    static let registerAuthenticator = login(.check, calls: .enrol, ["label", "qr", .secret("ticket")]) {
        let label = $0.optional("label") != nil ? $0.line("label", length: 1...64) : nil
        let picture = $0.choice("qr", Picture.self) ?? .svg
        return .registerAuthenticator(label: label, picture: picture, ticket: $0.ticket())
    }
}

extension FieldReader {
    fileprivate mutating func region() -> String? {
        guard let region = text("region", length: 2...2) else { return nil }
        guard region.utf8.allSatisfy({ (0x41...0x5A).contains($0 & 0xDF) }) else {
            note("region", "malformed")
            return nil
        }
        return region.uppercased()
    }

    fileprivate mutating func ticket() -> Redacted<String>? {
        text("ticket", length: 1...64).map { Redacted(TypedTicket.canonical($0)) }
    }
}

/// Tickets as people type and paste them, or hear them over a telephone.
enum TypedTicket {
    /// Letters and digits of a ticket, without what separates its groups.
    private static let length = 16

    /// As it was handed out: capital letters in groups of four with hyphens, whatever case and separators it was typed
    /// with.
    ///
    /// The alphabet has no I, L and O, so that these can only be meant as digits. What is no ticket stays as it is.
    static func canonical(_ typed: String) -> String {
        var text = ""
        for scalar in typed.unicodeScalars where !isSeparator(scalar) {
            switch scalar {
            case "o", "O": text += "0"
            case "i", "I", "l", "L": text += "1"
            case "0"..."9", "a"..."z", "A"..."Z": text += String(scalar).uppercased()
            default: return typed
            }
        }
        guard text.utf8.count == length else { return typed }
        return stride(from: 0, to: length, by: 4).map { text.dropFirst($0).prefix(4) }.joined(separator: "-")
    }

    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        TypedCode.isDropped(scalar) || [".", ",", "_", "/", ":"].contains(scalar)
    }
}
