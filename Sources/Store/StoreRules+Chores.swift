package import Basics
import Wire

extension StoreRows {
    /// Each taken one is put off at once: it is the taker's until then, and tried again if nobody says that it is done.
    package mutating func takeDueChores(limit: Int) throws(Failure) -> [ProviderChoreRow] {
        let now = clocks.wall()
        try endEnrolments(at: now, limit: limit)
        var taken = try dueChores(at: now, limit: limit)
        for index in taken.indices {
            taken[index].tries += 1
            taken[index].dueAt = now + ProviderChoreRow.pause(after: taken[index].tries)
            try put(taken[index])
        }
        return taken
    }

    /// An enrolment that has run out leaves its factor at Twilio.
    private mutating func endEnrolments(at now: Timestamp, limit: Int) throws(Failure) {
        for enrolment in try runOutEnrolments(at: now, limit: limit) {
            let changes: [Change] = [
                .enrolment(user: enrolment.login.user, enrolment.ended(.enrolmentExpired)),
                .chore(.removeEnrolment(enrolment.factor)),
            ]
            try apply(changes, .nobody(now))
        }
    }

    /// What a person's open enrolment leaves at Twilio when the store itself does away with it.
    package mutating func removeFactor(ofEnrolmentOf user: String, at now: Timestamp) throws(Failure) {
        guard let open = try enrolment(of: user), open.ended == nil else { return }
        try apply([.chore(.removeEnrolment(open.factor))], .nobody(now))
    }
}
