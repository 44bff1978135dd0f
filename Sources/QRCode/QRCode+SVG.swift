import Basics

extension QRCode {
    /// A drawing to put into a page as it is: dark on light whatever the page's colours are, quiet zone included, of
    /// any size that the page gives it.
    ///
    /// About 7 kB for a link of 130 characters.
    ///
    /// - Parameter label: What a screen reader says in its place. It is escaped; it should not hold the text itself.
    public func svg(label: String) -> String {
        let side = size + 2 * Self.quietZone
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(side) \(side)" role="img" \
            aria-label="\(Self.escaped(label))" shape-rendering="crispEdges">\
            <path fill="#fff" d="M0 0h\(side)v\(side)H0z"/><path fill="#000" d="\(path)"/></svg>
            """
    }

    /// Every run of dark modules in a row as a rectangle.
    private var path: String {
        var path = ""
        for row in 0..<size {
            var column = 0
            while column < size {
                guard isDark(row: row, column: column) else {
                    column += 1
                    continue
                }
                let start = column
                while isDark(row: row, column: column) { column += 1 }
                let (x, y) = (start + Self.quietZone, row + Self.quietZone)
                path += "M\(x) \(y)h\(column - start)v1H\(x)z"
            }
        }
        return path
    }

    /// For an attribute in double quotes, of HTML and of XML: XML has no control characters (XML 1.0, 2.2).
    private static func escaped(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { shown.append(isInXML(scalar) ? scalar : " ") }
        return Markup.escaped(String(shown))
    }

    private static func isInXML(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory != .control && !scalar.properties.isNoncharacterCodePoint
    }
}
