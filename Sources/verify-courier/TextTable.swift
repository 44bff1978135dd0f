import App

/// Columns under each other, for people.
struct TextTable {
    struct Column {
        var head: String
        /// To the right, so that ones stand under ones.
        var isNumber = false
        /// Left out where no row has a value in it.
        var isOptional = false

        init(_ head: String, number: Bool = false, optional: Bool = false) {
            (self.head, isNumber, isOptional) = (head, number, optional)
        }
    }

    /// What stands where there is no value.
    static let none = "-"

    private let columns: [Column]
    private let rows: [[StyledLine.Piece]]

    /// - Parameter rows: as many cells each as there are columns; `nil` and what is empty are no values.
    init(_ columns: [Column], _ rows: [[String?]]) {
        self.init(columns, rows.map { $0.map { StyledLine.Piece(text: $0 ?? "") } })
    }

    init(_ columns: [Column], _ rows: [[StyledLine.Piece]]) {
        let kept = columns.indices.filter { column in
            !columns[column].isOptional || rows.contains { !$0[column].text.isEmpty }
        }
        self.columns = kept.map { columns[$0] }
        self.rows = rows.map { row in
            kept.map { column in
                let text = LogText.printable(row[column].text)
                return StyledLine.Piece(text: text.isEmpty ? Self.none : text, tone: row[column].tone)
            }
        }
    }

    /// The heads, then the rows.
    var lines: [StyledLine] {
        let heads = columns.map { StyledLine.Piece(text: $0.head, tone: .head) }
        let widths = columns.indices.map { column in
            ([heads] + rows).map { Self.width(of: $0[column].text) }.max() ?? 0
        }
        return ([heads] + rows).map { row in
            var pieces: [StyledLine.Piece] = []
            for (index, cell) in row.enumerated() {
                let space = String(repeating: " ", count: widths[index] - Self.width(of: cell.text))
                let gap = index == row.count - 1 ? "" : "  "
                let (before, after) = columns[index].isNumber ? (space, gap) : ("", gap.isEmpty ? "" : space + gap)
                for piece in [StyledLine.Piece(text: before), cell, StyledLine.Piece(text: after)]
                where !piece.text.isEmpty {
                    pieces.append(piece)
                }
            }
            return StyledLine(pieces)
        }
    }

    /// How many columns of a terminal a text takes.
    static func width(of text: String) -> Int {
        text.reduce(0) { $0 + ($1.unicodeScalars.first.map(isWide) == true ? 2 : 1) }
    }

    /// The ranges of East Asian Wide and Fullwidth (Unicode's annex 11), and of pictures.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF,
            0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
