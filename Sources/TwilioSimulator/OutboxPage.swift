import Basics

/// The page for people: what the simulator would have sent, newest first. It needs no script.
enum OutboxPage {
    /// At most this many messages are shown.
    static let limit = 200

    static func html(_ messages: [SimulatedMessage]) -> String {
        let rows = messages.suffix(limit).reversed().map(row).joined()
        let content = messages.isEmpty ? "<p>No messages yet.</p>" : table(rows)
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>Outbox – Twilio simulator</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <style>\(style)</style></head>
            <body><main><h1>Outbox</h1>
            <p>Nothing here was really sent. <a href="/">Load again</a></p>
            \(content)
            </main></body></html>
            """
    }

    private static func table(_ rows: String) -> String {
        """
        <table><caption>Messages, newest first</caption>
        <thead><tr><th scope="col">Time (UTC)</th><th scope="col">Channel</th><th scope="col">Number</th>\
        <th scope="col">Text</th></tr></thead>
        <tbody>\(rows)</tbody></table>
        """
    }

    private static func row(_ message: SimulatedMessage) -> String {
        let time = message.at.description
        let cells = [
            "<time datetime=\"\(escaped(time))\">\(escaped(time))</time>", escaped(message.channel),
            escaped(message.to), escaped(message.text),
        ]
        return "<tr>" + cells.map { "<td>\($0)</td>" }.joined() + "</tr>\n"
    }

    /// Text made safe for HTML, between tags as well as in quoted attributes.
    static func escaped(_ text: String) -> String {
        var output = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\"": output += "&quot;"
            case "'": output += "&#39;"
            default: output.unicodeScalars.append(character)
            }
        }
        return output
    }

    private static let style = """
        :root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;\
        padding:0 1rem}table{border-collapse:collapse;width:100%}caption{text-align:left}th,td{text-align:left;\
        padding:.4rem .8rem .4rem 0;border-bottom:1px solid}
        """
}
