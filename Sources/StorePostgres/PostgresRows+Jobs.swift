import Basics
import Foundation
import Store
import Wire

/// Rows of jobs.
extension PostgresRows {
    /// What is sealed with an intent: all that a takeover needs and nobody else may read.
    private struct SealedCall: Decodable {
        var call: PlannedCall
        var client: String?
        var locale: String?
    }

    static let selectJob =
        "SELECT \(PostgresColumns.list(PostgresColumns.job)) FROM job WHERE front_end = $1 AND message_id = $2"

    func job(_ key: JobKey) throws -> JobRow? {
        // Another's job is locked before it is looked at: whoever works on it may not stand between the look and the change.
        try lock(theJob: key)
        if let ahead = transaction.jobAhead, ahead.key == key {
            transaction.jobAhead = nil
            return try ahead.answer.result().first.map { try readJob(key, $0, at: 0) }
        }
        return try one(Self.selectJob, [.text(key.frontEnd), .text(key.messageID)]).map { try readJob(key, $0, at: 0) }
    }

    func dropLock(of key: JobKey) throws {
        try run(
            "UPDATE job SET lock_hmac = NULL WHERE front_end = $1 AND message_id = $2",
            [.text(key.frontEnd), .text(key.messageID)])
    }

    func readJob(_ key: JobKey, _ row: PostgresRow, at first: Int) throws -> JobRow {
        try reading("job", self.key(key)) {
            var job = JobRow(
                key: key, kind: try row.choice(first), fingerprint: try row.bytes(first + 1),
                login: Job.Login(
                    user: try row.text(first + 2), application: try row.choice(first + 3),
                    login: try row.text(first + 4)),
                begunAt: try row.time(first + 10), deadline: try row.time(first + 11))
            job.state = try row.choice(first + 5)
            (job.worker, job.fence) = (try row.integer(first + 6), try row.integer(first + 7))
            (job.begins, job.generation) = (try row.number(first + 8), try row.integer(first + 12))
            job.leaseUntil = MonotonicTime(nanoseconds: try row.integer(first + 9))
            // An outcome that this version does not know is one all the same: the job is over, and not to be done again.
            job.outcome = try row.choiceIfAny(first + 13)
            job.reply = try open(reply: try row.bytes(first + 14), of: key)
            (job.replyState, job.recordedAt) = (try row.choice(first + 15), try row.timeIfAny(first + 16))
            job.withheld = try row.textIfAny(first + 17).map {
                guard let field = WithheldField(packed: $0) else { throw NotReadable() }
                return field
            }
            (job.receivedAt, job.settledAt) = (try row.timeIfAny(first + 18), try row.timeIfAny(first + 19))
            if job.state == .recorded, job.outcome == nil { throw NotReadable() }
            return job
        }
    }

    func loadCall(of row: inout JobRow) throws {
        let found = try one(
            "SELECT call FROM job WHERE front_end = $1 AND message_id = $2",
            [.text(row.key.frontEnd), .text(row.key.messageID)])
        let content = try reading("job", key(row.key)) {
            guard let found else { throw NotReadable() }
            let call = try open(try found.bytes(0), in: .call, row.key.frontEnd, row.key.messageID)
            return try JSONDecoder().decode(SealedCall.self, from: Data(call))
        }
        row.call = content.call
        row.login.client = content.client
        row.login.locale = content.locale
    }

    private func sealedCall(of row: JobRow) throws -> PostgresValue {
        guard let call = row.call else { return .null }
        let content = CanonicalJSON.object { json in
            json.member("call", call) { $1.write(to: &$0) }
            json.member("client", row.login.client)
            json.member("locale", row.login.locale)
        }
        return try seal(content, in: .call, row.key.frontEnd, row.key.messageID)
    }

    /// A reply can tell of people what is sealed everywhere else.
    private func seal(reply: [UInt8], of key: JobKey) throws -> PostgresValue {
        reply.isEmpty ? .bytes([]) : try seal(reply, in: .reply, key.frontEnd, key.messageID)
    }

    private func open(reply: [UInt8], of key: JobKey) throws -> [UInt8] {
        reply.isEmpty ? [] : try open(reply, in: .reply, key.frontEnd, key.messageID)
    }

    private static let putJob = PostgresColumns.put(
        "job", key: ["front_end", "message_id"], PostgresColumns.job + ["lock_hmac", "call", "calls"])

    func put(_ row: JobRow) throws {
        try run(
            Self.putJob,
            [
                .text(row.key.frontEnd), .text(row.key.messageID), .text(row.kind.rawValue), .bytes(row.fingerprint),
                .text(row.login.user), .text(row.login.application.rawValue), .text(row.login.login),
                .number(row.state.rawValue), .integer(row.worker), .integer(row.fence), .number(row.begins),
                .time(row.leaseUntil), .time(row.begunAt), .time(row.deadline), .integer(row.generation),
                .words(row.outcome?.rawValue), try seal(reply: row.reply, of: row.key),
                .number(row.replyState.rawValue), .time(row.recordedAt), .words(row.withheld?.packed),
                .time(row.receivedAt), .time(row.settledAt), .blob((row.call?.lock).map { lookup($0.text) }),
                try sealedCall(of: row), .words(ProviderCall.pack(row.calls)),
            ])
    }

    /// Notes what became of a reply.
    func settle(_ key: JobKey, as state: ReplyState, at now: Timestamp) throws {
        try run(
            """
            UPDATE job SET reply_state = $1, settled_at = $2 WHERE front_end = $3 AND message_id = $4 AND state = 1
            """, [.number(state.rawValue), .time(now), .text(key.frontEnd), .text(key.messageID)])
    }

    /// Notes that replies were confirmed, many at once.
    ///
    /// What became of a job's reply later than that is left alone.
    func confirm(_ notes: [ConfirmedReplies.Note]) throws {
        // One of the same job that came later stands for all.
        let latest = Dictionary(notes.map { ($0.key, early($0)) }, uniquingKeysWith: max)
        try run(
            """
            UPDATE job SET reply_state = 1, settled_at = confirmed.at
            FROM unnest($1::bigint[], $2::text[], $3::text[]) AS confirmed (at, front_end, message_id)
            WHERE job.front_end = confirmed.front_end AND job.message_id = confirmed.message_id AND job.state = 1
            AND coalesce(job.settled_at, confirmed.at) <= confirmed.at
            """,
            [
                .list(latest.map { .time($0.value) }), .list(latest.map { .text($0.key.frontEnd) }),
                .list(latest.map { .text($0.key.messageID) }),
            ])
    }

    func addHistory(_ row: JobRow, _ answer: Answer, _ facts: OutcomeFacts, number: E164?) throws {
        try run(
            """
            INSERT INTO history
            (at, kind, front_end, message_id, person, application, number_hmac, masked, outcome, reason, begun_at,
             provider_code, channel, country, login, sid)
            VALUES (\(PostgresColumns.marks(16)))
            """,
            [
                .time(row.recordedAt), .text(row.kind.rawValue), .text(row.key.frontEnd), .text(row.key.messageID),
                .text(row.login.user), .text(row.login.application.rawValue),
                .blob(number.map { lookup($0.revealed) }), .words(number?.masked), .words(row.outcome?.rawValue),
                .words(answer.reason?.rawValue), .time(row.begunAt), .number(answer.providerCode),
                .words(facts.channel?.rawValue), .words(facts.country),
                .words(row.login.login.isEmpty ? nil : row.login.login), .words(facts.sid),
            ])
        count(row, answer, facts)
    }
}

/// The columns that records are made of, in the order in which they are read.
enum PostgresColumns {
    static let job = [
        "kind", "fingerprint", "person", "application", "login", "state", "worker", "fence", "begins", "lease_until",
        "begun_at", "deadline", "generation", "outcome", "reply", "reply_state", "recorded_at", "withheld",
        "received_at", "settled_at",
    ]
    static let person = [
        "known", "required", "grace_until", "phone", "phone_registered_at", "factor_sid", "factor_identity",
        "factor_registered_at", "generation", "last_approved_at",
    ]
    static let pending = ["sid", "place", "purpose", "ticket", "ended", "confirmed"]
    static let code = [
        "sid", "channel", "expires_at", "attempts", "checks_begun", "checks_denied", "checks_excused", "ended",
        "cohort",
    ]
    static let enrolment = [
        "application", "login", "identity", "factor_sid", "seed", "label", "issuer", "digits", "period", "expires_at",
        "tries", "ticket", "confirmed", "ended", "checks_begun", "checks_denied", "lost_call_over_at",
    ]
    static let challenge = ["sid", "expires_at", "tries", "checks_begun", "checks_denied"]
    static let bypass = ["hash", "tries"]
    static let holder = ["front_end", "message_id", "worker", "lease_until"]

    static func list(_ columns: [String], of table: String = "") -> String {
        columns.map { table.isEmpty ? $0 : "\(table).\($0)" }.joined(separator: ", ")
    }

    static func marks(_ count: Int, from first: Int = 1) -> String {
        (first..<first + count).map { "$\($0)" }.joined(separator: ", ")
    }

    /// Writes a row in place of the one with its key, where there is one.
    static func put(_ table: String, key: [String], _ columns: [String]) -> String {
        let new = columns.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        return """
            INSERT INTO \(table) (\(list(key + columns))) VALUES (\(marks(key.count + columns.count)))
            ON CONFLICT (\(list(key))) DO UPDATE SET \(new)
            """
    }
}
