import Wire

/// By what a kept text is found when a person in it is erased: nothing that is sealed has to be opened for it, but what may
/// really name them.
package enum NameIndex {
    /// Of one text at most so many are kept: what strangers write must not fill the index.
    static let most = 64
    /// Names have at most 128 characters.
    private static let longest = 512

    /// What a letter's body is kept as, and what it is found by.
    ///
    /// A body with more texts in it than are indexed is kept as far as they are.
    package static func entry(ofBody body: [UInt8]) -> (body: [UInt8], keys: Set<String>) {
        if let value = try? JSONValue(parsing: body) {
            var texts: Set<String> = []
            value.gather(into: &texts)
            let keys = Set(texts.filter { $0.utf8.count <= longest }.map(key(ofValue:)))
            if keys.count <= most { return (body, keys) }
        }
        let text = String(decoding: body, as: UTF8.self)
        let (keys, end, _) = words(of: text, most: most)
        return (end == text.endIndex ? body : Array(text[..<end].utf8), keys)
    }

    /// What a line of words is found by: all of its words, since a line has an end.
    package static func keys(ofLine text: String) -> Set<String> { words(of: text, most: .max).keys }

    /// What all that may name a person is found by.
    package static func keys(ofName name: String) -> [String] {
        [key(ofValue: name)] + (words(of: name, most: 1).first.map { [key(ofWord: $0)] } ?? [])
    }

    private static func key(ofValue text: String) -> String { "name value \(text)" }
    private static func key(ofWord word: some StringProtocol) -> String { "name word \(word)" }

    /// The words of a text as far as `most` different ones go, the first of them, and where the text was left.
    private static func words(of text: String, most: Int) -> (keys: Set<String>, end: String.Index, first: Substring?) {
        var keys: Set<String> = []
        var first: Substring?
        for word in text.split(whereSeparator: { !($0.isLetter || $0.isNumber) }) {
            if keys.count == most, !keys.contains(key(ofWord: word)) { return (keys, word.startIndex, first) }
            keys.insert(key(ofWord: word))
            first = first ?? word
        }
        return (keys, text.endIndex, first)
    }
}

extension JSONValue {
    fileprivate func gather(into texts: inout Set<String>) {
        switch self {
        case .string(let text): texts.insert(text)
        case .array(let elements): for element in elements { element.gather(into: &texts) }
        case .object(let members): for member in members.values { member.gather(into: &texts) }
        case .null, .bool, .number: break
        }
    }
}
