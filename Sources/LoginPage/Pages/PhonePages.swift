import Basics
import Foundation
import Wire

/// The page for a phone's number.
struct PhonePage {
    static let field = "phone"

    var signIn: SignIn
    var now: Timestamp

    var layout: Layout {
        let error = Layout.error(of: Self.field, signIn.notice)
        return Layout(
            title: "Register your phone", notice: signIn.notice, signIn: signIn, now: now,
            main: """
                <p>We use the number for codes at sign-in, and for nothing else. Your operator may charge for messages.</p>
                <p class="inset">A number can be taken over by others. An authenticator app is safer: \
                \(HTML.link(.app, "register an app instead")).</p>
                \(HTML.form(.typePhone, signIn, nil, """
                <label for="region">Country</label>
                <select id="region" name="region" autocomplete="country">\(Self.countries(signIn.phone.region))</select>
                <label for="phone">Phone number</label>
                <p class="hint" id="phone-hint">As you would dial it, or with + and the country code.</p>\(error.text)
                <input id="phone" name="phone" type="tel" autocomplete="tel" dir="ltr" value="\(HTML.escaped(signIn.phone.text))"\
                \(error.attributes)>
                \(HTML.button("Go on"))
                """))
                <p>\(HTML.link(signIn.isIn ? .inside : .confirm, "Choose another way"))</p>
                """)
    }

    private static func countries(_ chosen: String) -> String {
        names.map {
            "<option value=\"\($0.code)\"\($0.code == chosen ? " selected" : "")>\(HTML.escaped($0.name))</option>"
        }
        .joined()
    }

    /// Every country there is, by its English name.
    private static let names: [(code: String, name: String)] = {
        let english = Locale(identifier: "en")
        let codes = Locale.Region.isoRegions.filter { $0.subRegions.isEmpty }.map(\.identifier)
            .filter { $0.count == 2 && $0.allSatisfy(\.isLetter) }
        return codes.map { ($0, english.localizedString(forRegionCode: $0) ?? $0) }.sorted { $0.1 < $1.1 }
    }()

    static func isCountry(_ code: String) -> Bool { names.contains { $0.code == code } }
}

/// Is this the number? A message is spent only after that.
struct NumberPage {
    var signIn: SignIn
    var number: E164
    var ways: Ways
    var now: Timestamp

    var layout: Layout {
        Layout(
            title: "Is this your number?", notice: signIn.notice, signIn: signIn, now: now,
            main: """
                <p class="number">\(HTML.digits(number.revealed))</p>\(ways.downHTML)
                \(choice)
                <p>\(HTML.link(.phone, "Change the number"))</p>
                <p>\(HTML.link(signIn.isIn ? .inside : .confirm, "Choose another way"))</p>
                """)
    }

    private var choice: String {
        guard !ways.channels.isEmpty else {
            return "<p>No code can be sent to a phone just now. \(HTML.link(.confirm, "Choose another way"))</p>"
        }
        let buttons = ways.channels.map {
            HTML.button(Ways.label($0), name: "channel", value: $0.rawValue, style: "way")
        }
        let form = HTML.form(
            .registerPhone, signIn, .registerPhone,
            TicketField.html(ways.needsTicket) + "<p>How do you want to get the code?</p>" + buttons.joined())
        let onlyCall =
            ways.channels == [.call] && ways.register.contains(.authenticator)
            ? "<p class=\"inset\">A call is the only way to a phone just now. \(HTML.link(.app, "Register an app instead"))</p>"
            : ""
        return ConfirmPage.waiting(form, until: signIn.retryAt, now) + ConfirmPage.wait(signIn.retryAt, now) + onlyCall
    }
}

/// Where registering asks for an administrator's ticket.
enum TicketField {
    static func html(_ isNeeded: Bool) -> String {
        guard isNeeded else { return "" }
        return """
            <label for="ticket">Registration ticket</label>
            <p class="hint" id="ticket-hint">Your administrator hands it out. Capitals and dashes do not matter.</p>
            <input id="ticket" name="ticket" type="text" autocomplete="off" spellcheck="false" aria-describedby="ticket-hint">
            """
    }
}
