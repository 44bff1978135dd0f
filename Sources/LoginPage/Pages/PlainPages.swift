import Basics
import Web
import Wire

/// Name and password: the same answer, in the same time, for names that nobody has.
struct SignInPage {
    var notice: Notice?
    var name = ""
    var now: Timestamp

    var layout: Layout {
        let error = Layout.error(of: "name", notice)
        return Layout(
            title: "Sign in", notice: notice, signIn: nil, now: now,
            main: """
                <form method="post" action="\(Act.signIn.rawValue)" novalidate>
                <label for="name">Name</label><p class="hint" id="name-hint">One of the demonstration's users.</p>\(error.text)
                <input id="name" name="name" type="text" autocomplete="username" spellcheck="false" autocapitalize="none" \
                value="\(HTML.escaped(name))"\(error.attributes)>
                <label for="password">Password</label>
                <input id="password" name="password" type="password" autocomplete="current-password">
                \(HTML.button("Sign in"))
                </form>
                """)
    }
}

/// The end of it.
struct InsidePage {
    var signIn: SignIn
    /// `nil` where nobody could say what may be added.
    var ways: Ways?
    var now: Timestamp

    var layout: Layout {
        Layout(
            title: "You are signed in", notice: signIn.notice, signIn: signIn, now: now,
            main: "<p>Welcome, \(HTML.escaped(signIn.user)).</p>\(more)")
    }

    private var more: String {
        guard let ways, !ways.register.isEmpty else { return "" }
        return
            "<h2>Add another way to sign in</h2><p>For the day when one of them fails.</p>\(ConfirmPage.registrations(ways))"
    }
}

/// Always in the same place of the frame.
struct HelpPage {
    var signIn: SignIn?
    var now: Timestamp

    var layout: Layout {
        Layout(
            title: "Help", notice: nil, signIn: signIn, now: now,
            main: """
                <h2>No code comes</h2><p>Messages may take some minutes. Ask for it again, or choose another way. While a code is \
                good, the same one is sent again.</p>
                <h2>A code is refused</h2><p>Use the newest one. A code works once. If an app's codes are refused again and again, the \
                clock of the device is wrong: have it set by the network.</p>
                <h2>Phone at home, lost, or with a new number</h2><p>Ask your administrator: for a day there is a code of one use, \
                and after a reset you register again.</p>
                <h2>Somebody asks you for a code</h2><p>Give it to nobody. Nobody of ours will ever ask for one.</p>
                <p><a href="/">Back</a></p>
                """)
    }
}

/// Where not even `options` was answered: nobody is let in by that.
struct TroublePage {
    var signIn: SignIn
    var text: String
    var place: Place
    var now: Timestamp

    var layout: Layout {
        Layout(
            title: "We cannot check that just now", notice: signIn.notice, signIn: signIn, now: now,
            main: "<p>\(HTML.escaped(text))</p><p>\(HTML.link(place, "Try again"))</p>")
    }

    /// 503, so that it is no page to a monitor either.
    var answer: WebAnswer { .page(layout.html, status: 503) }
}
