import Store
import Wire

/// Who may ask what, and where the answer may go (contract, section 2).
struct Admission: Sendable {
    enum Verdict: Equatable {
        case admitted(ReplyAddress)
        /// Once front ends are told apart, nobody else is heard.
        case unauthenticated
        case replyToRefused
        case refused(Reason, ReplyAddress)
    }

    private let settings: PipelineSettings

    init(_ settings: PipelineSettings) {
        self.settings = settings
    }

    func judge(_ envelope: Envelope, _ read: ReadJob) -> Verdict {
        guard !settings.frontEnds.isEmpty else {
            let address = ReplyAddress(envelope.replyTo, prefixes: settings.replyPrefixes)
            return address == .refused ? .replyToRefused : .admitted(address)
        }
        guard let user = envelope.userID, let frontEnd = settings.frontEnds[user] else { return .unauthenticated }
        let address = ReplyAddress(envelope.replyTo, frontEnd: frontEnd.name)
        if address == .refused { return .replyToRefused }
        if read.kind?.isAdministration == true {
            return frontEnd.isAdmin ? .admitted(address) : .refused(.notAdmin, address)
        }
        if let application = read.application, !frontEnd.scope.covers(application) {
            return .refused(.wrongApplication, address)
        }
        return .admitted(address)
    }
}
