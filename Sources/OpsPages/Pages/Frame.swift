import Basics
import Web

/// A whole page: the same frame around each, with the site's name and environment on top.
struct Frame {
    var title: String
    /// `nil` for a page that stands nowhere.
    var place: Place?
    /// When it was looked at.
    var at: Timestamp?
    var name: SiteName
    var refresh: Refresh?
    var main: HTML

    var html: HTML {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>\(headTitle)</title>
        <meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">\(again)
        <link rel="stylesheet" href="\(Asset.style.rawValue)"><script src="\(Asset.script.rawValue)" defer></script></head>
        <body><a class="skip" href="#main">To the content</a>
        <header><p class="brand">\(brand)</p><nav aria-label="Pages">\(Place.allCases.map(link))</nav></header>
        <main id="main" tabindex="-1">\(main)</main>
        <footer>\(asOf)<p>verify-courier \(ProductVersion.current)</p></footer></body></html>
        """
    }

    private var headTitle: String {
        [title, name.site, "verify-courier"].filter { !$0.isEmpty }.joined(separator: " – ")
    }

    private var brand: HTML {
        let site = name.site.isEmpty ? "verify-courier" : name.site
        guard !name.environment.isEmpty else { return HTML(text: site) }
        return "\(site) <span class=\"environment\">\(name.environment)</span>"
    }

    private func link(_ other: Place) -> HTML {
        let current: HTML = other == place ? " aria-current=\"page\"" : .none
        return "<a href=\"\(other.rawValue)\"\(current)>\(other.title)</a>"
    }

    /// Without a script the browser loads the page again; with one, only what is in `main`.
    private var again: HTML {
        guard let refresh else { return .none }
        return "<noscript><meta http-equiv=\"refresh\" content=\"\(refresh.seconds)\"></noscript>"
    }

    private var asOf: HTML {
        guard let at, let place else { return .none }
        let repeating: HTML =
            if let refresh {
                "every \(refresh.seconds) s <a href=\"\(place.rawValue)\">stop</a>"
            } else {
                "<a href=\"\(place.rawValue)?refresh=5\">again every 5 s</a>"
            }
        return """
            <p id="as-of" data-refresh="\(refresh?.seconds ?? 0)">As of \(Words.clock(at)) · \(repeating) · \
            <a href="\(place.twin)">JSON</a></p>
            """
    }
}

/// Files that pages need.
enum Asset: String, CaseIterable {
    case style = "/style.css"
    case script = "/script.js"

    var answer: WebAnswer {
        switch self {
        case .style: WebAnswer(type: "text/css; charset=utf-8", body: Style.text)
        case .script: WebAnswer(type: "text/javascript; charset=utf-8", body: Script.text)
        }
    }
}
