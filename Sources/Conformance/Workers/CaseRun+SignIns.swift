import Basics
import Wire

/// People who sign up and sign in.
extension CaseRun {
    func signUp() async throws {
        let nobody = Person(situation)
        try judge(try await ask(.options, nobody), decision: ["register", "not_required"])
        let person = try await registered()
        let options = try await ask(.options, person)
        try judge(options, decision: ["verify", "not_required"])
        guard options.text("decision") == "verify" else { return }
        let methods = (options.list("methods") ?? []).compactMap { entry -> String? in
            guard case .object(let members) = entry, case .string(let method)? = members["method"] else { return nil }
            if case .string(let to)? = members["to"], to != person.mask {
                note(.secret, "options: 'to' is not the number's mask")
            }
            return method
        }
        if !methods.contains("sms") { note(.missingField, "options: 'methods' lacks the registered phone") }
    }

    private func judge(_ reply: SeenReply, decision wanted: Set<String>) throws {
        try expect(reply, .options, for: "options")
        let decision = reply.text("decision") ?? ""
        if !wanted.contains(decision) {
            let others = wanted.sorted().joined(separator: " or ")
            note(.outcome, "options: decision '\(decision.prefix(40))', not \(others)")
        }
        if (reply.list("because") ?? []).isEmpty { note(.missingField, "options: 'because' is empty") }
    }

    func signIn() async throws {
        let (person, code) = try await waiting()
        // Arabic-Indic digits, and a dash in their midst.
        let digits = code.compactMap { $0.wholeNumberValue }.compactMap { UnicodeScalar(0x660 + UInt32($0)) }
        let typed = String(String.UnicodeScalarView(digits))
        let middle = typed.index(typed.startIndex, offsetBy: typed.count / 2)
        let reply = try await check(" \(typed[..<middle])-\(typed[middle...])", of: person)
        try expect(reply, .approved, for: "the right code, typed with a dash and in other digits")
    }

    func wrongCode() async throws {
        let (person, code) = try await waiting()
        let reply = try await check(wrong(code), of: person)
        try expect(reply, .denied, as: .wrongCode, for: "a wrong code")
        if let left = reply.number("checks_left"), left != 4 {
            note(.wrongCode, "a wrong code, the first of five: checks_left is \(left), not 4")
        }
        try expect(try await check(code, of: person), .approved, for: "the right code after a wrong one")
    }

    func triesUsedUp() async throws {
        let (person, code) = try await waiting()
        for number in 1...5 {
            let reply = try await check(wrong(code), of: person)
            try expect(reply, .denied, as: .wrongCode, for: "wrong code number \(number)")
        }
        let reply = try await check(code, of: person)
        try expect(
            reply, .throttled, .expired, as: .wrongCode,
            for: "the right code after five wrong ones: its tries are used up")
    }

    func usedCode() async throws {
        let (person, code) = try await waiting()
        try expect(try await check(code, of: person), .approved, for: "the right code")
        try expect(
            try await check(code, of: person), .expired, reasons: .codeUsed, .notPending, for: "the same code once more"
        )
    }

    func othersCode() async throws {
        let (person, code) = try await waiting()
        var other = person
        other.login = RandomID.uuid()
        try expect(
            try await check(code, of: other), .expired, reasons: .notYours, .notPending,
            for: "the right code in another sign-in")
        try expect(try await check(code, of: person), .approved, for: "the right code in its own sign-in")
    }

    func nothingPending() async throws {
        let person = try await registered()
        try expect(
            try await check("314159", of: person), .expired, reasons: .notPending, .codeUsed,
            for: "a code nobody asked for")
        let nobody = Person(situation)
        try expect(
            try await ask(.send, nobody, ["channel": "sms"]), .notAllowed, reasons: .notRegistered, .providerNone,
            for: "a text for somebody without a phone")
        try await expectMessages(0, to: nobody, .outcome, "a text for somebody without a phone")
    }

    func cancel() async throws {
        let (person, code) = try await waiting()
        try expect(try await ask(.cancel, person), .canceled, for: "cancel")
        try expect(try await check(code, of: person), .expired, for: "the code of a text that was called off")
        try expect(try await ask(.cancel, person), .canceled, for: "cancel, with nothing under way")
    }

    func authenticator() async throws {
        let person = Person(situation)
        let first = job(.registerAuthenticator, person, ["label": .string(person.user)])
        let enrolling = try await ask(first)
        if enrolling.reason == Reason.methodDisabled.rawValue {
            throw CaseSkipped(why: "authenticators are switched off")
        }
        try expect(enrolling, .enrolling, for: "register.authenticator")
        let again = try await ask(.registerAuthenticator, person, ["label": .string(person.user)])
        if again.text("secret") != enrolling.text("secret") {
            note(.secret, "register.authenticator: another secret in the same sign-in: the first may be scanned")
        }
        guard let link = again.text("uri"), link.hasPrefix("otpauth://totp/") else {
            note(.body, "register.authenticator: 'uri' is no otpauth://totp/ link")
            throw CaseOver()
        }
        try await twilio.scan(link)
        guard let code = try await twilio.appCode(of: person.user) else {
            note(.body, "register.authenticator: an app cannot read 'uri', or shows another label")
            throw CaseOver()
        }
        let reply = try await ask(.check, person, ["code": .string(code), "method": "authenticator"])
        try expect(reply, .approved, for: "an app's first code")
        if reply.text("registered") != "authenticator" { note(.missingField, "check: 'approved' lacks 'registered'") }
        try expect(
            try await ask(repeated(first)), .expired, reasons: .enrolmentExpired, as: .secret,
            for: "the enrolment asked for again, once it is over")
    }

    func blockedNumber() async throws {
        var person = Person(situation)
        // The simulator's own: Fraud Guard's refusal, 60410.
        person.number = "+15005560410"
        let reply = try await ask(.registerPhone, person, ["phone": .string(person.number), "channel": "sms"])
        try expect(reply, .blocked, for: "a number that Twilio sends nothing to")
    }
}
