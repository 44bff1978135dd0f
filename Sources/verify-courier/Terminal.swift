import App
import Foundation

/// How a piece of a line looks on a terminal; elsewhere all look alike.
enum Tone: Sendable {
    case plain, head, good, doubtful, bad

    /// ECMA-48's number for it.
    fileprivate var code: String? {
        switch self {
        case .plain: nil
        case .head: "1"
        case .good: "32"
        case .doubtful: "33"
        case .bad: "1;31"
        }
    }
}

/// A line of which pieces may look different.
struct StyledLine: Sendable, Equatable, ExpressibleByStringInterpolation {
    struct Piece: Sendable, Equatable {
        var text: String
        var tone = Tone.plain
    }

    var pieces: [Piece]

    init(_ pieces: [Piece]) { self.pieces = pieces }
    init(_ text: String, _ tone: Tone = .plain) { pieces = [Piece(text: text, tone: tone)] }
    init(stringLiteral text: String) { self.init(text) }

    /// Without its looks.
    var text: String { pieces.map(\.text).joined() }

    /// As it is written; whatever is in its texts, it stays one line, and nothing in them moves a cursor.
    func written(inColour: Bool) -> String {
        pieces.map { piece in
            let text = LogText.printable(piece.text)
            guard inColour, let code = piece.tone.code, !text.isEmpty else { return text }
            return "\u{1B}[\(code)m\(text)\u{1B}[0m"
        }.joined()
    }
}

/// What stands at the other end of a stream.
enum Terminal {
    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// Colour is for people at a terminal that has it, who have not said by `NO_COLOR` (no-color.org) that they want none.
    static var hasColour: Bool {
        hasColour(isTerminal: isTerminal(STDOUT_FILENO), ProcessInfo.processInfo.environment)
    }

    static func hasColour(isTerminal: Bool, _ environment: [String: String]) -> Bool {
        isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && !["", "dumb"].contains(environment["TERM"] ?? "")
    }
}
