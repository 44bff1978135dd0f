import Basics

/// Percent-encoding for forms, queries and paths.
enum FormEncoding {
    static func encode(_ fields: [(String, String)]) -> String {
        fields.map { "\(escape($0.0))=\(escape($0.1))" }.joined(separator: "&")
    }

    /// One form name or value, or one path segment.
    static func escape(_ text: String) -> String { PercentEncoding.escape(text) }
}
