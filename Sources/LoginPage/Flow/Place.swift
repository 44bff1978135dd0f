/// Where the browser may be: one path, one page.
enum Place: String, CaseIterable {
    case signIn = "/"
    /// Choose how to confirm that it is you, or what to register.
    case confirm = "/confirm"
    /// The page for the code.
    case code = "/code"
    /// “Not received a code?”
    case notReceived = "/not-received"
    /// The page for a phone's number.
    case phone = "/register/phone"
    /// Is this the number? And text or call?
    case number = "/register/phone/number"
    /// The page for an app.
    case app = "/register/app"
    /// The page for a code of the administrator's.
    case administrator = "/administrators-code"
    case inside = "/in"
    case help = "/help"
    case style = "/style.css"
    case script = "/script.js"
}

/// What forms do.
enum Act: String, CaseIterable {
    case signIn = "/sign-in"
    case send = "/send"
    /// A code of the app is about to be typed.
    case useApp = "/use-app"
    case check = "/check"
    case typePhone = "/register/phone/typed"
    case registerPhone = "/register/phone/send"
    case registerApp = "/register/app/start"
    case checkApp = "/register/app/check"
    case checkAdministrators = "/administrators-code/check"
    case leave = "/leave"
}
