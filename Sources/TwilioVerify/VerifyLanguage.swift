/// The languages of Verify's messages. https://www.twilio.com/docs/verify/supported-languages
enum VerifyLanguage {
    /// Those of the default template, which has the most; a template of one's own may have fewer.
    static let all = [
        "af", "ar", "ca", "cs", "da", "de", "el", "en", "en-GB", "es", "et", "fi", "fr", "he", "hi", "hr", "hu", "id",
        "it", "ja", "kn", "ko", "lt", "mr", "ms", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sv", "te", "th",
        "tl", "tr", "uk", "vi", "zh", "zh-CN", "zh-HK",
    ]

    /// Other names of a language of the list, former ones, and languages that its readers read as well.
    private static let aliases = [
        "cmn": "zh", "fil": "tl", "in": "id", "iw": "he", "mo": "ro", "nn": "nb", "no": "nb", "yue": "zh-HK",
    ]

    private static let byLowerCase = Dictionary(uniqueKeysWithValues: all.map { ($0.lowercased(), $0) })

    /// The nearest one, by RFC 4647's lookup: the tag is shortened from its end until it is on the list.
    ///
    /// - Parameter tag: BCP 47, in any case.
    /// - Returns: `nil` when there is none: then Twilio goes by the number.
    static func nearest(to tag: String) -> String? {
        var parts = tag.lowercased().split(separator: "-").map(String.init)
        guard let language = parts.first else { return nil }
        parts[0] = aliases[language] ?? language
        if parts[0] == "zh" { return chinese(parts.dropFirst()) }
        while !parts.isEmpty {
            if let found = byLowerCase[parts.joined(separator: "-").lowercased()] { return found }
            parts.removeLast()
        }
        return nil
    }

    /// What is read is the script, and the list has no tag for one: Hong Kong stands for the traditional, China for the
    /// simplified.
    private static func chinese(_ subtags: ArraySlice<String>) -> String {
        if subtags.contains("hant") { return "zh-HK" }
        if subtags.contains("hans") { return "zh-CN" }
        if subtags.contains(where: { ["hk", "mo", "tw"].contains($0) }) { return "zh-HK" }
        return subtags.contains { ["cn", "sg", "my"].contains($0) } ? "zh-CN" : "zh"
    }
}
