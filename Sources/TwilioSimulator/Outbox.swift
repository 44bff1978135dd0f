import Basics

/// What the simulated phones received: a page for people, JSON for scripts.
enum Outbox {
    static func json(_ messages: [Delivered]) -> Field {
        .list(
            messages.reversed().map {
                .object([
                    "at": .text($0.at.description), "to": .text($0.to), "channel": .text($0.channel),
                    "code": .text($0.code), "verification_sid": .text($0.verificationSID),
                ])
            })
    }

    /// Newest first. All of its text is ours or digits, but for nothing is escaping left out.
    static func page(_ messages: [Delivered]) -> String {
        let rows = messages.suffix(200).reversed().map { message in
            let text =
                message.channel == "sms"
                ? "Your verification code is: \(message.code)"
                : "Hello. Your code is \(message.code.map(String.init).joined(separator: ", "))."
            let cells = [message.at.description, message.channel, message.to, text].map { "<td>\(escape($0))</td>" }
            return "<tr>\(cells.joined())</tr>"
        }
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>Simulated phones</title>
            <style>body{font-family:sans-serif;margin:2rem}td,th{padding:.3rem .8rem;text-align:left}</style></head>
            <body><h1>Simulated phones</h1>
            <p>What the simulator of Twilio Verify sent, newest first. Reload to see more.</p>
            <table><thead><tr><th scope="col">When</th><th scope="col">How</th><th scope="col">To</th>\
            <th scope="col">Message</th></tr></thead><tbody>\(rows.joined(separator: "\n"))</tbody></table></body></html>
            """
    }

    private static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
