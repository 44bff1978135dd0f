/// Text in HTML and XML.
public enum Markup {
    /// Text that is nothing but text there, between tags as well as in quoted attributes.
    ///
    /// XML 1.0 (2.2) has no control characters, which this leaves as they are.
    public static func escaped(_ text: String) -> String {
        var output = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": output += "&amp;".unicodeScalars
            case "<": output += "&lt;".unicodeScalars
            case ">": output += "&gt;".unicodeScalars
            case "\"": output += "&quot;".unicodeScalars
            case "'": output += "&#39;".unicodeScalars
            default: output.append(scalar)
            }
        }
        return String(output)
    }
}
