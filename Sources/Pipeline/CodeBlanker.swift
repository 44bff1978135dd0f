/// Takes codes out of a body that is kept for an operator: no code is ever stored, not even a mistyped one.
enum CodeBlanker {
    /// Replaces by `#` every digit, of any script, of a run of three or more; spaces, hyphens and dots do not end a run,
    /// since people type codes with them. A malformed body has no fields to go by; numbers lose their digits too, which
    /// the mask would hide anyway. Bytes that are no UTF-8 come out as replacement characters.
    static func blank(_ body: [UInt8]) -> [UInt8] {
        var scalars = Array(String(decoding: body, as: UTF8.self).unicodeScalars)
        var run: [Int] = []
        for index in scalars.indices {
            if scalars[index].properties.numericType != nil {
                run.append(index)
            } else if !separators.contains(scalars[index]) {
                blank(&run, in: &scalars)
            }
        }
        blank(&run, in: &scalars)
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return Array(String(text).utf8)
    }

    private static let separators: Set<Unicode.Scalar> = [
        " ", "-", ".", "\t", "\u{A0}", "\u{2010}", "\u{2011}", "\u{2013}",
    ]

    private static func blank(_ run: inout [Int], in scalars: inout [Unicode.Scalar]) {
        if run.count >= 3 {
            for index in run { scalars[index] = "#" }
        }
        run = []
    }
}
