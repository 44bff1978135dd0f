/// Comma-separated values (RFC 4180): quoted fields, doubled quotes, line breaks inside quotes.
///
/// Lenient on line ends.
public enum CSV {
    /// A record and the line that it begins on, counted from 1.
    public struct Record: Sendable, Equatable {
        /// The line that it begins on, from 1.
        public var line: Int
        /// What lies between its commas, quotes taken off.
        public var fields: [String]

        package init(line: Int, fields: [String]) {
            self.line = line
            self.fields = fields
        }
    }

    /// Why a text cannot be read to its end.
    public struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
        /// The line where it begins, from 1.
        public var line: Int
        /// As it is printed.
        public var description: String { "line \(line): a quoted field does not end" }
    }

    /// Empty lines are passed over; a byte order mark is not part of the first field.
    public static func parse(_ text: String) throws(Problem) -> [Record] {
        var reader = Reader(text: Array((text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]).unicodeScalars))
        var records: [Record] = []
        while let record = try reader.record() {
            if record.fields != [""] { records.append(record) }
        }
        return records
    }

    private struct Reader {
        let text: [Unicode.Scalar]
        var index = 0
        var line = 1

        private var next: Unicode.Scalar? { index < text.count ? text[index] : nil }

        mutating func record() throws(Problem) -> Record? {
            guard next != nil else { return nil }
            var record = Record(line: line, fields: [])
            while true {
                record.fields.append(next == "\"" ? try quoted() : plain())
                if next == "," {
                    index += 1
                    continue
                }
                endLine()
                return record
            }
        }

        private mutating func endLine() {
            if next == "\r" { index += 1 }
            if next == "\n" { index += 1 }
            line += 1
        }

        private mutating func plain() -> String {
            let start = index
            while let scalar = next, scalar != ",", scalar != "\n", scalar != "\r" { index += 1 }
            return string(text[start..<index])
        }

        private mutating func quoted() throws(Problem) -> String {
            let start = line
            var field: [Unicode.Scalar] = []
            index += 1
            while let scalar = next {
                index += 1
                if scalar == "\n" { line += 1 }
                guard scalar == "\"" else {
                    field.append(scalar)
                    continue
                }
                guard next == "\"" else { return string(field[...]) + plain() }
                field.append(scalar)
                index += 1
            }
            throw Problem(line: start)
        }

        private func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars)
            return String(view)
        }
    }
}
