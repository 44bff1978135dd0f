/// Names of people in free text.
extension String {
    /// The same with another word wherever the name stands as a word of its own.
    package func replacingMentions(of name: String, with other: String) -> String {
        guard !name.isEmpty else { return self }
        var result = ""
        var rest = self[...]
        while let range = rest.firstRange(of: name) {
            let isWord = !isPartOfWord(self[..<range.lowerBound].last) && !isPartOfWord(rest[range.upperBound...].first)
            result += rest[..<range.lowerBound] + (isWord ? other : name)
            rest = rest[range.upperBound...]
        }
        return result + rest
    }

    /// Whether one of the names stands in it as a word of its own.
    package func mentions(_ names: Set<String>) -> Bool {
        names.contains { replacingMentions(of: $0, with: "") != self }
    }

    private func isPartOfWord(_ character: Character?) -> Bool { character.map { $0.isLetter || $0.isNumber } ?? false }
}
