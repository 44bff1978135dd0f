import Web

/// A table with a head for every column and every row; on a narrow screen each row is a list, whose items have the columns' names.
struct Table {
    var caption: String
    /// The first one is of the rows' own heads.
    var heads: [String]
    var rows: [(head: String, cells: [HTML])]
    /// It may be wider than its page: then it is reached by the keyboard, to be moved.
    var isWide = false

    var html: HTML {
        let region: HTML = isWide ? " tabindex=\"0\" role=\"region\" aria-label=\"\(caption)\"" : .none
        return """
            <div class="wide"\(region)><table><caption>\(caption)</caption>
            <thead><tr>\(heads.map { "<th scope=\"col\">\($0)</th>" as HTML })</tr></thead><tbody>\(rows.map { row($0.head, $0.cells) })</tbody></table></div>
            """
    }

    private func row(_ head: String, _ cells: [HTML]) -> HTML {
        let named = zip(heads.dropFirst(), cells).map { "<td data-label=\"\($0)\">\($1)</td>" as HTML }
        return "<tr><th scope=\"row\">\(head)</th>\(named)</tr>"
    }
}
