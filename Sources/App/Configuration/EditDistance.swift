/// How many single-character edits lie between two words (Levenshtein), for "did you mean".
package enum EditDistance {
    /// Nobody mistypes by more; and what was typed may be of any length.
    private static let longest = 100

    package static func nearest(to word: String, in words: [String]) -> String? {
        let word = Array(word.utf8.prefix(longest))
        return words.map { ($0, between(Array($0.utf8), word)) }.min { $0.1 < $1.1 }?.0
    }

    /// By bytes: known words are ASCII.
    package static func between(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for i in left.indices {
            var diagonal = row[0]
            row[0] = i + 1
            for j in right.indices {
                let next = left[i] == right[j] ? diagonal : min(diagonal, row[j], row[j + 1]) + 1
                diagonal = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[right.count]
    }
}
