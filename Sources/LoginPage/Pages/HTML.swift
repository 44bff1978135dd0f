import Basics
import Wire

/// What all pages are made of.
enum HTML {
    /// For text and for attributes in double quotes.
    static func escaped(_ text: String) -> String { Markup.escaped(text) }

    /// A number, key or code: from left to right in every language.
    static func digits(_ text: String) -> String { "<bdi dir=\"ltr\" class=\"digits\">\(escaped(text))</bdi>" }

    /// A time of day; the script has it in the reader's own time zone, which a server does not know.
    static func time(_ time: Timestamp, seconds: Bool = false) -> String {
        let text = time.description
        let clock = text.dropFirst(11).prefix(seconds ? 8 : 5)
        return "<time datetime=\"\(text)\"\(seconds ? " data-seconds" : "")>\(clock) UTC</time>"
    }

    /// “in 25 seconds, at 10:42:30 UTC”; blank once it is over.
    static func wait(until time: Timestamp, _ now: Timestamp) -> String {
        let left = Self.left(until: time, now)
        guard left > 0 else { return "" }
        return "<span data-left=\"\(left)\">in \(duration(left))</span>, at \(Self.time(time, seconds: true))"
    }

    /// Whole seconds, rounded up.
    static func left(until time: Timestamp, _ now: Timestamp) -> Int64 {
        max(0, ((time - now).milliseconds + 999) / 1000)
    }

    private static func duration(_ seconds: Int64) -> String {
        if seconds < 120 { return seconds == 1 ? "1 second" : "\(seconds) seconds" }
        return "\((seconds + 59) / 60) minutes"
    }

    static func link(_ place: Place, _ text: String) -> String {
        "<a href=\"\(place.rawValue)\">\(escaped(text))</a>"
    }

    /// A form; `content` is HTML.
    ///
    /// - Parameter kind: the job that it stands for: sent twice, or once more after silence, it is one request.
    static func form(_ act: Act, _ signIn: SignIn, _ kind: JobKind? = nil, _ content: String) -> String {
        let nonce = kind.map { "<input type=\"hidden\" name=\"nonce\" value=\"\(signIn.nonce($0))\">" } ?? ""
        return """
            <form method="post" action="\(act.rawValue)" novalidate>\(nonce)\
            <input type="hidden" name="token" value="\(signIn.token)">
            \(content)
            </form>
            """
    }

    static func button(_ text: String, name: String? = nil, value: String = "", style: String = "") -> String {
        let named = name.map { " name=\"\($0)\" value=\"\(escaped(value))\"" } ?? ""
        return "<button type=\"submit\"\(named)\(style.isEmpty ? "" : " class=\"\(style)\"")>\(text)</button>"
    }
}

extension SignIn {
    /// The nonce of the next form for that job: the old one where nobody has answered.
    func nonce(_ kind: JobKind) -> String { unanswered[kind] ?? RandomID.hex(bytes: 16) }
}
