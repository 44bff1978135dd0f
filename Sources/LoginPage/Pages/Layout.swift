import Basics
import Web

/// A whole page: the same frame around each, with help always in the same place (WCAG 2.2, 3.2.6).
struct Layout {
    var title: String
    var notice: Notice?
    var signIn: SignIn?
    var now: Timestamp
    /// HTML.
    var main: String

    /// With the status of what went wrong, where something did.
    var answer: WebAnswer { .page(html) }

    private var isError: Bool {
        switch notice?.kind {
        case .wrong: true
        case .trouble, .done, nil: false
        }
    }

    var html: String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>\(isError ? "Error: " : "")\(HTML.escaped(title)) – Example portal</title>
        <meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
        <link rel="stylesheet" href="\(Place.style.rawValue)"><script src="\(Place.script.rawValue)" defer></script></head>
        <body><a class="skip" href="#main">To the content</a>
        <header><p class="brand">Example portal</p>\(who)<nav aria-label="Help">\(HTML.link(.help, "Help"))</nav></header>
        <main id="main" tabindex="-1">
        \(noticeHTML)<h1>\(HTML.escaped(title))</h1>
        \(main)
        </main>
        <footer><p>Nobody of ours will ever ask you for a code, neither by telephone nor by mail.</p>\
        <p>A demonstration of verify-courier, not for production.</p></footer>
        <p class="status" role="status"></p></body></html>
        """
    }

    private var who: String {
        guard let signIn else { return "" }
        let leave = HTML.form(
            .leave, signIn, nil, HTML.button(signIn.isIn ? "Sign out" : "Cancel", style: "plain"))
        return "<div class=\"who\"><span>\(HTML.escaped(signIn.user))</span>\(leave)</div>"
    }

    private var noticeHTML: String {
        guard let notice else { return "" }
        let wait = notice.until.map { HTML.wait(until: $0, now) } ?? ""
        let text = HTML.escaped(notice.text) + (wait.isEmpty ? "" : " Try again \(wait).")
        switch notice.kind {
        case .done: return "<div class=\"notice done\" role=\"status\"><p>\(text)</p></div>\n"
        case .trouble:
            return """
                <div class="notice trouble" role="alert" tabindex="-1" autofocus><h2>That did not work</h2><p>\(text)</p></div>

                """
        case .wrong(let field):
            let link = field.map { "<a href=\"#\($0)\">\(text)</a>" } ?? text
            return """
                <div class="notice wrong" role="alert" tabindex="-1" autofocus><h2>There is a problem</h2><p>\(link)</p></div>

                """
        }
    }
}

extension Layout {
    /// What is wrong with a field of the page, above it, with the attributes that lead there.
    static func error(of field: String, _ notice: Notice?) -> (text: String, attributes: String) {
        guard let notice, notice.kind == .wrong(field: field) else {
            return ("", " aria-describedby=\"\(field)-hint\"")
        }
        return (
            "<p class=\"error\" id=\"\(field)-error\"><span>Error:</span> \(HTML.escaped(notice.text))</p>",
            " aria-describedby=\"\(field)-hint \(field)-error\" aria-invalid=\"true\""
        )
    }
}
