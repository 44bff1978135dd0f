/// Languages as front ends hand them on.
enum LanguageTag {
    /// The tag in the form of BCP 47 (`en-US`), also of a browser's whole list (`de-CH,de;q=0.9`), of which it is the first,
    /// and of a POSIX locale (`en_US.UTF-8`); `nil` for what names no language, such as `*` and `C`.
    static func normalized(_ text: String) -> String? {
        let first = text.prefix { !",;.@".contains($0) }.filter { $0 != " " }
        let tag = String(first.map { $0 == "_" ? "-" : $0 })
        let parts = tag.split(separator: "-", omittingEmptySubsequences: false)
        guard tag.utf8.count <= 35, let language = parts.first, (2...8).contains(language.utf8.count),
            language.allSatisfy({ $0.isASCII && $0.isLetter }),
            parts.dropFirst().allSatisfy({
                (1...8).contains($0.utf8.count) && $0.utf8.allSatisfy(FieldReader.isAlphanumeric)
            })
        else { return nil }
        return tag
    }
}
