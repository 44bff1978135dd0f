import Basics
package import Web

/// The operator's pages as a function from requests to answers: no socket, no store, no broker.
///
/// Nothing that is asked for changes anything.
package struct OpsSite: Sendable {
    let view: any SiteView
    let name: SiteName
    private let hosts: AllowedHosts

    /// - Parameter host: where it listens: under no other name is it answered on loopback.
    package init(view: any SiteView, name: SiteName, listeningAt host: String) {
        self.view = view
        self.name = name
        hosts = AllowedHosts(listeningAt: host)
    }

    /// Answers one request.
    package func answer(_ request: WebRequest) async -> WebAnswer {
        if request.path == "/live" { return .text("live\n") }
        guard hosts.allow(request.host) else {
            return .text("Ask by the address, by localhost, or by the name in ops.pages.\n", status: 421)
        }
        switch request.method {
        case "GET", "HEAD": break
        default: return .text("Only GET: these pages change nothing.\n", status: 405)
        }
        if let asset = Asset(rawValue: request.path) { return asset.answer }
        guard let target = Target(request.path) else { return missing(request.path) }
        let look = await view.look()
        guard target.isTwin else {
            return .page(frame(target.place, look, refresh: Refresh(request.query)).html.source)
        }
        return WebAnswer(type: "application/json", body: Twin(target.place, look, name).text)
    }

    private func frame(_ place: Place, _ look: SiteLook, refresh: Refresh?) -> Frame {
        let (title, main) = place.content(look)
        return Frame(title: title, place: place, at: look.at, name: name, refresh: refresh, main: main)
    }

    private func missing(_ path: String) -> WebAnswer {
        if path.hasSuffix(".json") {
            return WebAnswer(
                status: 404, type: "application/problem+json",
                body: #"{"detail":"There is no such page.","title":"Not found","what_to_do":"See /overview.json."}"#)
        }
        let main: HTML = "<h1>Not found</h1><p>There is no such page. <a href=\"/\">To the overview</a></p>"
        let frame = Frame(title: "Not found", place: nil, at: nil, name: name, refresh: nil, main: main)
        return .page(frame.html.source, status: 404)
    }
}

/// A page or its twin in JSON, by a path.
struct Target: Equatable {
    var place: Place
    var isTwin = false

    init?(_ path: String) {
        let suffix = ".json"
        if path.hasSuffix(suffix) {
            isTwin = true
            guard let place = Place(path: String(path.dropLast(suffix.count)), isTwin: true) else { return nil }
            self.place = place
        } else {
            guard let place = Place(path: path, isTwin: false) else { return nil }
            self.place = place
        }
    }
}

/// One path, one page.
enum Place: String, CaseIterable {
    case overview = "/"
    case queues = "/queues"
    case workers = "/workers"

    /// - Parameter isTwin: the path stood before `.json`; the overview's twin has a name.
    init?(path: String, isTwin: Bool) {
        if isTwin, path == "/overview" { self = .overview } else { self.init(rawValue: path) }
        if isTwin, path == "/" { return nil }
    }

    var title: String {
        switch self {
        case .overview: "Overview"
        case .queues: "Queues"
        case .workers: "Workers"
        }
    }

    /// Where the same numbers are for programs.
    var twin: String {
        switch self {
        case .overview: "/overview.json"
        case .queues, .workers: rawValue + ".json"
        }
    }

    func content(_ look: SiteLook) -> (title: String, main: HTML) {
        switch self {
        case .overview: OverviewPage(look: look).content
        case .queues: (title, QueuesPage(look: look).main)
        case .workers: (title, WorkersPage(look: look).main)
        }
    }
}

/// How often a reader wants a page again, by `?refresh=5`.
struct Refresh: Equatable {
    let seconds: Int

    /// `nil` for a page that stands still: what is no whole number of seconds from 2 to 600 is none.
    init?(_ query: FormFields) {
        guard let seconds = query["refresh"].flatMap({ Int($0) }), (2...600).contains(seconds) else { return nil }
        self.seconds = seconds
    }
}
