/// Tickets as people type and paste them, or hear them over a telephone.
enum TypedTicket {
    /// Letters and digits of a ticket, without what separates its groups.
    private static let length = 16

    /// As it was handed out: capital letters in groups of four with hyphens, whatever case and separators it was typed with.
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
