import Basics

/// Building pages that need no script.
enum HTML {
    /// Text made safe for HTML, between tags as well as in quoted attributes.
    static func escaped(_ text: String) -> String { Markup.escaped(text) }

    /// A whole page.
    ///
    /// `refresh` has the browser load it again after so many seconds.
    static func page(title: String, current: String, refresh: Int? = nil, main: String) -> String {
        let again = refresh.map { "<meta http-equiv=\"refresh\" content=\"\($0)\">" } ?? ""
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>\(escaped(title)) – Twilio simulator</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">\(again)
            <style>\(Style.text)</style></head>
            <body><header><p class="brand">Twilio simulator</p><nav aria-label="Pages">\
            \(link("/", "Phones", current))\(link(AuthenticatorPage.path, "Authenticator", current))\(link("/_simulator", "Controls", current))</nav></header>
            <main><h1>\(escaped(title))</h1>
            \(main)
            </main></body></html>
            """
    }

    private static func link(_ path: String, _ name: String, _ current: String) -> String {
        "<a href=\"\(path)\"\(path == current ? " aria-current=\"page\"" : "")>\(name)</a>"
    }

    /// A table; cells are HTML already.
    static func table(_ caption: String, _ heads: [String], _ rows: [[String]]) -> String {
        let head = heads.map { "<th scope=\"col\">\(escaped($0))</th>" }.joined()
        let body = rows.map { "<tr>" + $0.map { "<td>\($0)</td>" }.joined() + "</tr>" }.joined(separator: "\n")
        return """
            <div class="wide"><table><caption>\(escaped(caption))</caption>
            <thead><tr>\(head)</tr></thead><tbody>\(body)</tbody></table></div>
            """
    }

    /// Something to be typed.
    static func code(_ text: String) -> String { "<code>\(escaped(text))</code>" }
}
