import Basics
import Wire

extension InMemoryRows {
    func enrolment(of user: String) -> Enrolment? { content.enrolments[user] }

    func challenge(of factorSID: String, at now: Timestamp) -> OpenChallenge? {
        content.challenges[factorSID].flatMap { $0.expiresAt > now ? $0 : nil }
    }

    func isReserved(_ hash: [UInt8], except key: JobKey, at now: Timestamp) -> Bool {
        content.reserved.contains { $0.key != key && $0.value.hash == hash && $0.value.until > now }
    }

    func runOutEnrolments(at now: Timestamp, limit: Int) -> [Enrolment] {
        Array(content.enrolments.values.filter { $0.ended == nil && $0.expiresAt <= now }.prefix(limit))
    }
}
