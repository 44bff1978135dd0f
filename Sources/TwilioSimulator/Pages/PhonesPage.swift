import Basics

/// The page for people: an authenticator app with its codes, and phones with the texts and calls that the simulator would
/// have made, newest first.
enum PhonesPage {
    /// At most this many messages are shown.
    static let limit = 200

    /// What stands on it.
    struct Content {
        /// As ``SimulatedTwilio/phones(limit:now:)`` orders them.
        var phones: [Phone] = []
        /// The app's codes.
        var app: [ShownCode] = []
        /// The codes that Twilio would take.
        var factors: [ShownCode] = []
        /// What is unusual at present: faults, a moved clock.
        var warnings: [String] = []
    }

    /// - Parameter refresh: Seconds after which the browser loads the page again; `nil` for when a code changes, if there
    ///   is one.
    static func html(_ content: Content, refresh: Int?) -> String {
        let again =
            refresh == nil
            ? "<a href=\"/\">Load again</a> or <a href=\"/?refresh=3\">every three seconds</a>."
            : "Loads again every \(refresh ?? 0) seconds. <a href=\"/\">Stop that</a>."
        let banners = content.warnings.map { "<p class=\"banner\">\(HTML.escaped($0))</p>" }.joined()
        let change = CodeCards.secondsLeft(content.app + content.factors)
        let main = """
            <p class="lead">Nothing here was really sent. \(again) \
            <a href="\(AuthenticatorPage.path)">Add an account to the authenticator app</a>.</p>\(banners)
            \(screens(content))
            """
        return HTML.page(
            title: "Phones", current: "/", refresh: [refresh, change].compactMap(\.self).min(), main: main)
    }

    private static func screens(_ content: Content) -> String {
        let codes = CodeCards.html(app: content.app, factors: content.factors)
        let messages = content.phones.map(phone).joined(separator: "\n")
        return codes.isEmpty && messages.isEmpty
            ? "<p class=\"empty\">No messages yet.<br>A code that is sent or spoken appears here, on its phone.</p>"
            : "<ul class=\"phones\">\(codes)\(messages)</ul>"
    }

    private static func phone(_ phone: Phone) -> String {
        let count = phone.entries.count
        return """
            <li class="phone"><h2>\(HTML.escaped(phone.number)) <small>\(count) message\(count == 1 ? "" : "s")</small></h2>
            <ol class="thread">\(phone.entries.map(entry).joined(separator: "\n"))</ol></li>
            """
    }

    private static func entry(_ entry: Phone.Entry) -> String {
        let message = entry.message
        let isCall = message.channel == "call"
        let time = message.at.description
        return """
            <li class="\(isCall ? "call" : "text") \(className(entry.state))"><p class="bubble">\(body(message))</p>
            <p class="about"><span>\(isCall ? "☎ Call" : HTML.escaped(message.channel.uppercased()))</span>\
            <time datetime="\(HTML.escaped(time))">\(HTML.escaped(clock(time)))</time>\
            <b>\(HTML.escaped(entry.state.text))</b></p></li>
            """
    }

    /// The text, its code set off.
    private static func body(_ message: SimulatedMessage) -> String {
        let spoken = message.code.map(String.init).joined(separator: ", ")
        for code in [message.code, spoken] {
            guard let range = message.text.firstRange(of: code) else { continue }
            let before = HTML.escaped(String(message.text[..<range.lowerBound]))
            let after = HTML.escaped(String(message.text[range.upperBound...]))
            return "\(before)<strong>\(HTML.escaped(code))</strong>\(after)"
        }
        return HTML.escaped(message.text)
    }

    private static func className(_ state: MessageState) -> String {
        switch state {
        case .approved: "approved"
        case .undelivered: "lost"
        case .waiting, .canceled, .expired, .usedUp: ""
        }
    }

    /// `2026-01-31 12:00:00 UTC` of `2026-01-31T12:00:00.000Z`.
    private static func clock(_ time: String) -> String {
        "\(time.prefix(10)) \(time.dropFirst(11).prefix(8)) UTC"
    }
}
