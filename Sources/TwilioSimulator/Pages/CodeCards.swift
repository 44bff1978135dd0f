import Basics

/// The screens with codes: the app's, and what Twilio expects.
///
/// They count down by themselves, without a script.
enum CodeCards {
    /// Nothing where there is nothing to show.
    static func html(app: [ShownCode], factors: [ShownCode]) -> String {
        card("Authenticator app", app, "account") + card("Codes that Twilio takes", factors, "factor")
    }

    /// After so many seconds one of the codes is no longer right; `nil` without codes.
    static func secondsLeft(_ codes: [ShownCode]) -> Int? { codes.map(\.secondsLeft).min() }

    private static func card(_ title: String, _ codes: [ShownCode], _ noun: String) -> String {
        guard !codes.isEmpty else { return "" }
        let count = "\(codes.count) \(noun)\(codes.count == 1 ? "" : "s")"
        return """
            <li class="phone app"><h2>\(HTML.escaped(title)) <small>\(count)</small></h2>
            <ul class="thread">\(codes.map(entry).joined(separator: "\n"))</ul></li>

            """
    }

    private static func entry(_ shown: ShownCode) -> String {
        let name = shown.issuer.isEmpty ? "" : "<b>\(HTML.escaped(shown.issuer))</b> "
        return """
            <li class="account"><p class="name">\(name)\(HTML.escaped(shown.label))</p>
            <p class="code"><strong>\(HTML.escaped(grouped(shown.code.revealed)))</strong>\(countdown(shown))</p>\
            \(bar(shown))\(shown.factor.map(about) ?? "")</li>
            """
    }

    /// In two halves, as apps show it: `123 456`.
    static func grouped(_ code: String) -> String {
        guard code.count > 4 else { return code }
        return "\(code.prefix((code.count + 1) / 2)) \(code.suffix(code.count / 2))"
    }

    private static func countdown(_ shown: ShownCode) -> String {
        let left = shown.secondsLeft
        return """
            <span class="left" role="timer" aria-label="\(left) seconds left" \
            style="--left:\(left);animation-duration:\(left)s"></span>
            """
    }

    private static func bar(_ shown: ShownCode) -> String {
        let hundredths = shown.secondsLeft * 100 / shown.period
        return """
            <span class="bar" style="--from:\(hundredths)%;animation-duration:\(shown.secondsLeft)s"></span>
            """
    }

    private static func about(_ factor: ShownCode.Factor) -> String {
        """
        <p class="about \(factor.status == .verified ? "approved" : "")"><b>\(factor.status.rawValue)</b>\
        <span>\(HTML.escaped(factor.identity))</span></p>
        """
    }
}
