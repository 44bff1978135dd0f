/// A request as the pages see it: no bytes, no sockets.
struct WebRequest: Sendable {
    /// `GET`, `HEAD`, `POST`.
    var method: String
    /// Without the query, which no page has.
    var path: String
    /// What was typed and pressed.
    var form = FormFields("")
    /// By name.
    var cookies: [String: String] = [:]
    /// `Host`.
    var host: String?
    /// `Origin`.
    var origin: String?
    /// `Sec-Fetch-Site`, which no script can forge.
    var fetchSite: String?
    /// `Accept-Language`.
    var languages: String?
    /// Where the browser is, for limits.
    var address: String?

    /// Whether a page of this very site has sent it (OWASP's first defence against forged requests).
    ///
    /// A browser says so; what says nothing at all is no browser that one would sign in with.
    var isFromThisSite: Bool {
        if let fetchSite { return fetchSite == "same-origin" }
        guard let origin, let host else { return false }
        return origin == "http://\(host)" || origin == "https://\(host)"
    }

    /// The language that is wanted first, such as `de-AT`.
    var locale: String? {
        let first = (languages ?? "").prefix { $0 != "," && $0 != ";" }
        let isTag =
            (2...35).contains(first.utf8.count)
            && first.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        return isTag ? String(first) : nil
    }
}

/// What is answered.
struct WebAnswer: Sendable {
    var status: Int
    var type = "text/html; charset=utf-8"
    var location: String?
    var cookie: String?
    var body = ""

    /// A page.
    static func page(_ html: String, status: Int = 200) -> WebAnswer { WebAnswer(status: status, body: html) }

    /// After a form: the browser asks for the page, so that neither a reload nor a step back sends the form again.
    static func go(to place: String) -> WebAnswer { WebAnswer(status: 303, location: place) }

    func setting(cookie: String) -> WebAnswer {
        var answer = self
        answer.cookie = cookie
        return answer
    }

    /// No page runs what another site has put into it, is shown in a frame, kept by anybody, or told of to others.
    static let protection: [(String, String)] = [
        (
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; "
                + "base-uri 'none'; frame-ancestors 'none'"
        ),
        ("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"), ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"), ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), otp-credentials=(self)"),
    ]
}
