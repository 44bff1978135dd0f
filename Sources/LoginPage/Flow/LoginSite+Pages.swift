import Basics
import Web
import Wire

extension LoginSite {
    /// What a browser sees at a place; where it must not be, it is led to where it should.
    func page(_ place: Place, _ request: WebRequest) async -> WebAnswer {
        let id = request.cookies[Self.cookieName]
        let signIn = sessions.find(id)
        switch place {
        case .style: return WebAnswer(status: 200, type: "text/css; charset=utf-8", body: Style.text)
        case .script: return WebAnswer(status: 200, type: "text/javascript; charset=utf-8", body: Script.text)
        case .help: return HelpPage(signIn: signIn, now: now).layout.answer
        case .signIn: return beginning(signIn, hadCookie: id != nil)
        case .confirm, .code, .notReceived, .phone, .number, .app, .administrator, .inside:
            guard let id, let signIn else { return .go(to: .signIn) }
            let answer = await page(place, id, signIn)
            // Said once, by the page that is reached in the end.
            if answer.status != 303 { sessions.update(id) { $0.notice = nil } }
            return answer
        }
    }

    private func beginning(_ signIn: SignIn?, hadCookie: Bool) -> WebAnswer {
        if let signIn { return .go(to: signIn.isIn ? .inside : .confirm) }
        let notice = hadCookie ? Notice(kind: .done, text: "Your sign-in has ended. Begin again.") : nil
        let answer = SignInPage(notice: notice, now: now).layout.answer
        return hadCookie ? answer.forgetting : answer
    }

    private func page(_ place: Place, _ id: String, _ signIn: SignIn) async -> WebAnswer {
        switch place {
        case .confirm: return signIn.isIn ? .go(to: .inside) : await confirm(id, signIn)
        case .code:
            guard let asked = signIn.asked else { return .go(to: .confirm) }
            return CodePage(signIn: signIn, asked: asked, now: now).layout.answer
        case .administrator: return AdministratorPage(signIn: signIn, now: now).layout.answer
        case .phone: return PhonePage(signIn: signIn, now: now).layout.answer
        case .notReceived:
            return await withWays(signIn, .notReceived) { NotReceivedPage(signIn: signIn, ways: $0, now: now).layout }
        case .number:
            guard let number = signIn.phone.number else { return .go(to: .phone) }
            return await withWays(signIn, .number) {
                NumberPage(signIn: signIn, number: number, ways: $0, now: now).layout
            }
        case .app: return await app(id, signIn)
        case .inside:
            guard signIn.isIn else { return .go(to: .confirm) }
            let options = await options(signIn)
            let added = options.flatMap { $0.outcome == .options ? ways($0) : nil }
            return InsidePage(signIn: signIn, ways: added, now: now).layout.answer
        case .signIn, .help, .style, .script: return .go(to: .signIn)
        }
    }

    private func options(_ signIn: SignIn) async -> Reply? {
        await courier.ask(.options, JobBody(signIn.names), nonce: RandomID.hex(bytes: 16))
    }

    private func ways(_ options: Reply) -> Ways { Ways(options, status: status(), now: now) }

    /// Anything but the outcome `options` lets nobody in, and offers nothing.
    private func withWays(_ signIn: SignIn, _ place: Place, _ layout: (Ways) -> Layout) async -> WebAnswer {
        let options = await options(signIn)
        guard let options, options.outcome == .options else {
            return TroublePage(
                signIn: signIn, text: options?.message ?? Guidance.noReply.text, place: place, now: now
            ).answer
        }
        return layout(ways(options)).answer
    }

    private func confirm(_ id: String, _ signIn: SignIn) async -> WebAnswer {
        let options = await options(signIn)
        guard let options, options.outcome == .options else {
            return TroublePage(
                signIn: signIn, text: options?.message ?? Guidance.noReply.text, place: .confirm, now: now
            ).answer
        }
        if options.decision == "not_required" {
            sessions.update(id) { $0.isIn = true }
            return .go(to: .inside)
        }
        let ways = ways(options)
        // Nothing to choose, and nothing to say: an app's code needs no send.
        if options.decision == "verify", ways.methods.map(\.method) == [.authenticator], ways.down.isEmpty,
            signIn.notice == nil
        {
            sessions.update(id) { $0.asked = SignIn.AskedCode(factor: .authenticator) }
            return .go(to: .code)
        }
        return ConfirmPage(signIn: signIn, options: options, ways: ways, now: now).layout.answer
    }

    /// The secret is kept nowhere: the same request brings it again, while the enrolment is open.
    private func app(_ id: String, _ signIn: SignIn) async -> WebAnswer {
        var signIn = signIn
        if let enrolment = signIn.enrolment {
            let reply = await courier.ask(
                .registerAuthenticator, enrolment.body(signIn.names), nonce: enrolment.nonce)
            guard let reply else {
                return TroublePage(signIn: signIn, text: Guidance.noReply.text, place: .app, now: now).answer
            }
            if reply.outcome == .enrolling, enrolment.isOpen(now) {
                return AppPage(signIn: signIn, expiresAt: enrolment.expiresAt, reply: reply, now: now).layout.answer
            }
            sessions.update(id) { $0.enrolment = nil }
            signIn.notice = signIn.notice ?? Notice(kind: .wrong(field: nil), text: Guidance.of(.enrolmentExpired).text)
        }
        return await withWays(signIn, .app) { AppStartPage(signIn: signIn, ways: $0, now: now).layout }
    }
}

extension SignIn.Enrolment {
    func isOpen(_ now: Timestamp) -> Bool { expiresAt.map { now < $0 } ?? true }
}
