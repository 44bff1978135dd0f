/// A request as pages see it: no bytes, no sockets.
package struct WebRequest: Sendable {
    /// `GET`, `HEAD`, `POST`.
    package var method: String
    /// Without the query.
    package var path: String
    package var query: FormFields
    /// What was typed and pressed.
    package var form: FormFields
    /// By name.
    package var cookies: [String: String]
    /// `Host`.
    package var host: String?
    /// `Origin`.
    package var origin: String?
    /// `Sec-Fetch-Site`, which no script can forge.
    package var fetchSite: String?
    /// `Accept`.
    package var accept: String?
    /// `Accept-Language`.
    package var languages: String?
    /// Where the browser is, for limits.
    package var address: String?

    package init(
        method: String, path: String, query: FormFields = FormFields(), form: FormFields = FormFields(),
        cookies: [String: String] = [:], host: String? = nil, origin: String? = nil, fetchSite: String? = nil,
        accept: String? = nil, languages: String? = nil, address: String? = nil
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.form = form
        self.cookies = cookies
        self.host = host
        self.origin = origin
        self.fetchSite = fetchSite
        self.accept = accept
        self.languages = languages
        self.address = address
    }

    /// Whether a page of this very site has sent it (OWASP's first defence against forged requests).
    ///
    /// A browser says so; what says nothing at all is no browser that one would sign in with.
    package var isFromThisSite: Bool {
        if let fetchSite { return fetchSite == "same-origin" }
        guard let origin, let host else { return false }
        return origin == "http://\(host)" || origin == "https://\(host)"
    }

    /// The language that is wanted first, such as `de-AT`.
    package var locale: String? {
        let first = (languages ?? "").prefix { $0 != "," && $0 != ";" }
        let isTag =
            (2...35).contains(first.utf8.count)
            && first.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        return isTag ? String(first) : nil
    }
}

/// What is answered.
package struct WebAnswer: Sendable, Equatable {
    /// An HTTP status.
    package var status: Int
    package var type: String
    package var location: String?
    package var cookie: String?
    package var body: String

    package init(
        status: Int = 200, type: String = "text/html; charset=utf-8", location: String? = nil, body: String = ""
    ) {
        self.status = status
        self.type = type
        self.location = location
        self.body = body
    }

    /// A page.
    package static func page(_ html: String, status: Int = 200) -> WebAnswer { WebAnswer(status: status, body: html) }

    /// One sentence, for whoever is no browser.
    package static func text(_ text: String, status: Int = 200) -> WebAnswer {
        WebAnswer(status: status, type: "text/plain; charset=utf-8", body: text)
    }

    /// After a form: the browser asks for the page, so that neither a reload nor a step back sends the form again.
    package static func go(to path: String) -> WebAnswer { WebAnswer(status: 303, location: path) }

    package func setting(cookie: String) -> WebAnswer {
        var answer = self
        answer.cookie = cookie
        return answer
    }

    /// No page runs what another site has put into it, is shown in a frame, kept by anybody, or told of to others.
    package static let protection: [(String, String)] = [
        (
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
                + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        ("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"), ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"), ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), otp-credentials=(self)"),
    ]
}
