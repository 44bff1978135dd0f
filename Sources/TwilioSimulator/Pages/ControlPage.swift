/// The page that tells what the simulator can be told to do, and does it by forms.
enum ControlPage {
    static func html(base: String, warnings: [String]) -> String {
        let state =
            warnings.isEmpty
            ? "<p class=\"lead\">Everything behaves.</p>"
            : warnings.map { "<p class=\"banner\">\(HTML.escaped($0))</p>" }.joined()
        let main = [
            state, forms, "<h2>By program</h2>", example(base), controls, "<h2>Faults</h2>", faultFields, kinds,
            "<h2>Scripted numbers and identities</h2>", numbersText, refusals, losses,
        ]
        return HTML.page(title: "Controls", current: "/_simulator", main: main.joined(separator: "\n"))
    }

    private static let forms = """
        <form method="post" action="/_simulator/fault">\(select("operation", SimulatorOperation.allCases.map(\.rawValue)))\
        \(select("kind", ["none"] + SimulatorFault.Kind.allCases.map(\.rawValue)))\
        \(number("code", "code of an error"))\
        \(number("count", "how many requests (empty: all)"))\(number("ms", "milliseconds"))\
        <button>Order the fault</button></form>
        <form method="post" action="/_simulator/codes">\(select("replay", ["accepted", "refused"], "a code used before"))\
        \(select("wrong", ["answered", "refused"], "a wrong code"))<button>Set the rules for an authenticator's codes</button></form>
        <form method="post" action="/_simulator/clock">\(number("advance_seconds", "seconds", required: true))\
        <button>Let time pass</button></form>
        <form method="post" action="/_simulator/reset"><button>Forget everything</button></form>
        """

    private static func select(_ name: String, _ words: [String], _ label: String? = nil) -> String {
        let options = words.map { "<option>\(HTML.escaped($0))</option>" }.joined()
        return "<label>\(label ?? name)<select name=\"\(name)\">\(options)</select></label>"
    }

    private static func number(_ name: String, _ label: String, required: Bool = false) -> String {
        "<label>\(label)<input type=\"number\" min=\"0\" name=\"\(name)\"\(required ? " required" : "")></label>"
    }

    private static func example(_ base: String) -> String {
        let lines = [
            "curl -d 'operation=start&kind=close-after&count=1' \(base)/_simulator/fault",
            "curl -d 'operation=start&kind=none' \(base)/_simulator/fault",
            "curl \(base)/_simulator/outbox?to=%2B14155550142",
        ]
        return "<pre>\(HTML.escaped(lines.joined(separator: "\n")))</pre>"
    }

    private static let controls = HTML.table(
        "Controls, under /_simulator, from this machine only", ["Request", "Fields", "What it does"],
        [
            row("GET outbox", "to", "The messages, oldest first, as JSON; all or those to one number."),
            row(
                "GET authenticator", "",
                "The codes that the page's app shows and those that Twilio would take, as JSON."),
            row(
                "GET stats", "",
                "Sends, codes looked at, approvals, numbers, factors and challenges since the start or the last reset."),
            row("POST fault", "see below", "Orders a fault, or ends it with kind=none. GET lists those in force."),
            row("POST clock", "advance_seconds", "Lets time pass at once, 0 to 31536000 seconds."),
            row(
                "POST channel", "channel, enabled, service",
                "Switches sms, call, whatsapp or email of a service off or on, as Twilio's Console does."),
            row(
                "POST codes", "replay, wrong",
                "replay=refused: an authenticator's code counts once; accepted is the default. wrong=refused: a wrong "
                    + "one is an error (60311, 60324); answered is the default."),
            row("POST account", "link", "Adds an account to the page's app by its otpauth link."),
            row("POST forget-account", "id", "Removes it."),
            row(
                "POST reset", "",
                "Forgets verifications, messages, entities, the app's accounts, faults, counters and services made since the "
                    + "start."
            ),
        ])

    private static let faultFields = HTML.table(
        "Fields of a fault", ["Field", "Values", "Default"],
        [
            row("operation", list(SimulatorOperation.allCases.map(\.rawValue)), "any"),
            row("kind", "none, or a kind of the next table", ""),
            row("code", "Twilio's code of kind error: one of the tables below", ""),
            row("count", "how many requests it hits, 1 to 1000000", "no end"),
            row("percent", "how many of a hundred requests, 1 to 100", "100"),
            row(
                "ms", "milliseconds, 0 to 3600000, for delay, hang, slow-body and performed=later",
                "1000; 60000 for hang"),
            row("retry_after", "the header of a 429 as it is to be sent, or none", "1"),
            row(
                "body", "what a 401, 429 or 5xx holds: " + list(SimulatorFault.Format.allCases.map(\.rawValue)), "json"),
            row(
                "performed",
                "true: a 5xx although the request was carried out; later: it is carried out ms after the 5xx", "false"),
            row("bytes", "white space ahead of a huge answer, 0 to 100000000", "2000000"),
        ])

    private static let kinds = HTML.table(
        "Kinds of faults", ["Kind", "What happens"],
        SimulatorFault.Kind.allCases.map { [HTML.code($0.rawValue), HTML.escaped($0.meaning)] })

    private static func list(_ words: [String]) -> String { words.joined(separator: ", ") }

    /// The first cell is something to be typed.
    static func row(_ first: String, _ rest: String...) -> [String] {
        [HTML.code(first)] + rest.map(HTML.escaped)
    }
}
