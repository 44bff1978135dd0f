import Basics
import Foundation
import Store
import Wire

/// Where each record begins in the row of a look.
///
/// Of one that is not there all columns are empty.
private enum Look {
    static let job = 0
    static let person = job + PostgresColumns.job.count
    static let pending = person + PostgresColumns.person.count
    static let code = pending + PostgresColumns.pending.count
    static let holder = code + PostgresColumns.code.count
    static let enrolment = holder + PostgresColumns.holder.count
    static let challenge = enrolment + PostgresColumns.enrolment.count
    static let bypass = challenge + PostgresColumns.challenge.count
    static let approvedAt = bypass + PostgresColumns.bypass.count
    static let clientApprovedAt = approvedAt + 1
    static let pendingElsewhere = clientApprovedAt + 1
    static let isCanceled = pendingElsewhere + 1
    /// The number's hashes that the look went by.
    static let keys = isCanceled + 1
    static let reserved = keys + 1
    static let tickets = reserved + 1
    static let strangers = tickets + 1
    /// One for each tally, then one for each pace.
    static let limits = strangers + 1
}

/// Reading what a job's decision rests on: one statement for the job and all that hangs on it, one for the site's options, and others
/// only for what few jobs ask for.
extension PostgresRows {
    static let options = "SELECT name, value FROM site_option"

    /// Sends a job's look together with what begins the transaction.
    func lookAhead(_ query: JobQuery) throws {
        let ask = LookQuestion(query, self, keys: nil)
        transaction.ahead = (
            try transaction.connection.queue(ask.sql, ask.values), try transaction.connection.queue(Self.options)
        )
    }

    func load(_ query: JobQuery) throws -> Loaded<any Error> {
        let ahead = transaction.ahead
        transaction.ahead = nil
        var ask = LookQuestion(query, self, keys: nil)
        let look = try ahead?.answer ?? transaction.connection.queue(ask.sql, ask.values)
        let options = try ahead?.options ?? transaction.connection.queue(Self.options)
        try transaction.connection.flush()
        var row = try Self.only(look)
        let place = Result { try self.place(query, row) }
        // Beside a sealed number its hashes stand in the open: what others may have written there is not believed.
        if let number = try? place.get().map({ NumberKeys($0, self) }), try row.bytesIfAny(Look.keys) != number.bytes {
            try lock(theNumber: number)
            ask = LookQuestion(query, self, keys: number)
            row = try Self.only(try answered(ask))
        }
        return try read(query, ask, row, place, options.result())
    }

    private func answered(_ ask: LookQuestion) throws -> PostgresConnection.Answer {
        let answer = try transaction.connection.queue(ask.sql, ask.values)
        try transaction.connection.flush()
        return answer
    }

    private static func only(_ answer: PostgresConnection.Answer) throws -> PostgresRow {
        guard let row = try answer.result().first else { throw StoreError(.failed, "The store gave no answer.") }
        return row
    }

    private func lock(theNumber keys: NumberKeys) throws {
        guard transaction.isWriting else { return }
        try transaction.connection.queue(
            "SELECT pg_advisory_xact_lock(lock_of($1::bytea))", [.bytes(keys.number)])
    }

    private func read(
        _ query: JobQuery, _ ask: LookQuestion, _ row: PostgresRow, _ place: Result<NumberPlace?, any Error>,
        _ options: PostgresResult
    ) throws -> Loaded<any Error> {
        let job = row.isNull(Look.job) ? nil : try readJob(query.key, row, at: Look.job)
        let situation = Result<Situation, any Error> {
            try readSituation(query, ask, row, place.get(), options)
        }
        if case .failure(let error) = situation, error is NeedsExclusiveCounters || error is PostgresFailure {
            throw error
        }
        return Loaded(job: job, situation: situation, holder: readHolder(row))
    }

    /// The number that the job concerns.
    private func place(_ query: JobQuery, _ row: PostgresRow) throws -> NumberPlace? {
        // A job of nobody's is about no number either.
        guard !query.login.user.isEmpty else { return nil }
        if let place = query.place { return place }
        return query.isPendings ? try pending(query, row)?.place : try person(query, row)?.phone?.place
    }

    private func person(_ query: JobQuery, _ row: PostgresRow) throws -> UserRecord? {
        row.isNull(Look.person) ? nil : try readUser(query.login.user, row, at: Look.person)
    }

    private func pending(_ query: JobQuery, _ row: PostgresRow) throws -> PendingCode? {
        row.isNull(Look.pending) ? nil : try readPending(LoginKey(query.login), row, at: Look.pending)
    }

    private func readSituation(
        _ query: JobQuery, _ ask: LookQuestion, _ row: PostgresRow, _ place: NumberPlace?, _ options: PostgresResult
    ) throws -> Situation {
        var situation = Situation(now: clocks.wall())
        for option in options.rows { situation.options[try option.text(0)] = try option.text(1) }
        situation.user = try person(query, row)
        situation.pending = try pending(query, row)
        situation.pendingElsewhere = try row.flag(Look.pendingElsewhere)
        situation.isCanceled = query.kind?.lane == .send ? try row.flag(Look.isCanceled) : false
        situation.place = place
        if let number = place?.number, !row.isNull(Look.code) {
            situation.code = try readCode(number, lookup(number.revealed), row, at: Look.code)
        }
        try readApprovals(query, row, into: &situation)
        if query.wanted.authenticator { try readAuthenticator(query, row, into: &situation) }
        try readBypass(query, row, into: &situation)
        try readLimits(query, ask, row, into: &situation)
        try readTickets(query, row, into: &situation)
        // Nobody waits for a code that is over.
        if query.wanted.strangers, let code = situation.code, code.ended == nil {
            let purposes = try row.textIfAny(Look.strangers) ?? ""
            situation.strangers = Set(purposes.split(separator: ",").compactMap { Purpose(rawValue: String($0)) })
        }
        try loadRest(query, into: &situation)
        return situation
    }

    private func readApprovals(_ query: JobQuery, _ row: PostgresRow, into situation: inout Situation) throws {
        if !row.isNull(Look.approvedAt) {
            situation.approvedAt = try reading("approval", key(LoginKey(query.login))) {
                try row.time(Look.approvedAt)
            }
        }
        guard !row.isNull(Look.clientApprovedAt), let client = query.login.client else { return }
        situation.clientApprovedAt = try reading("client", "\(query.login.user)/\(key(hash(ofClient: client)))") {
            try row.time(Look.clientApprovedAt)
        }
    }

    private func readAuthenticator(_ query: JobQuery, _ row: PostgresRow, into situation: inout Situation) throws {
        if !row.isNull(Look.enrolment) {
            situation.enrolment = try readEnrolment(query.login.user, row, at: Look.enrolment)
        }
        let registered = situation.user?.authenticator?.factorSID
        if let registered, !row.isNull(Look.challenge) {
            situation.challenge = try readChallenge(registered, row, at: Look.challenge)
        }
        guard let code = query.wanted.code else { return }
        let reserved = Set((try row.textIfAny(Look.reserved) ?? "").split(separator: ","))
        situation.isCodeReserved = [situation.enrolment?.factorSID, registered].compactMap(\.self).contains { sid in
            reserved.contains(Substring(key(hash(ofCode: code.revealed, factorSID: sid))))
        }
    }

    private func readBypass(_ query: JobQuery, _ row: PostgresRow, into situation: inout Situation) throws {
        guard let code = query.wanted.code, !row.isNull(Look.bypass) else { return }
        let user = query.login.user
        let (hash, tries) = try reading("bypass", user) {
            (try row.bytes(Look.bypass), try row.number(Look.bypass + 1))
        }
        guard tries < BypassCode.maxTries else { return }
        let isRight = self.hash(ofBypass: code.revealed, of: user) == hash
        situation.bypass = isRight ? .right : .wrong(triesLeft: BypassCode.maxTries - tries - 1)
    }

    private func readTickets(_ query: JobQuery, _ row: PostgresRow, into situation: inout Situation) throws {
        let good = Set((try row.textIfAny(Look.tickets) ?? "").split(separator: ","))
        let isGood: ([UInt8]) -> Bool = { good.contains(Substring(key($0))) }
        if let ticket = query.wanted.ticket {
            let hash = hash(ofTicket: ticket.revealed)
            if isGood(hash) { situation.ticket = hash }
        }
        let begun = [situation.pending?.ticket, situation.enrolment?.ticket, query.wanted.begunTicket]
        for case let hash? in begun where isGood(hash) { situation.begunTickets.insert(hash) }
    }

    /// What has statements of its own.
    private func loadRest(_ query: JobQuery, into situation: inout Situation) throws {
        let (wanted, user, now) = (query.wanted, query.login.user, situation.now)
        if wanted.openCodes { situation.openCodes = try openCodes(of: user, at: now) }
        if wanted.liveCodes { situation.liveCodes = try liveCodes(of: user, at: now) }
        if wanted.handedOut { situation.handedOut = try handedOut(to: user, at: now) }
        if wanted.census { situation.census = try census() }
        if let page = wanted.page { situation.page = try self.page(page) }
        situation.unreadable = unreadable
        if let other = wanted.otherUser { situation.otherUserExists = try self.user(other) != nil }
    }

    /// Each tally is a list of times, and each pace two numbers.
    private func readLimits(
        _ query: JobQuery, _ ask: LookQuestion, _ row: PostgresRow, into situation: inout Situation
    ) throws {
        let context = ChangeContext(
            key: query.key, login: query.login, place: situation.place, now: situation.now)
        for (index, (tally, limit)) in ask.tallies.enumerated() {
            guard context.text(of: tally) != nil else { continue }
            let newest = try reading("tally", tally.rawValue) {
                try row.integers(Look.limits + index, separatedBy: ",").map { Timestamp(milliseconds: $0) }
            }.sorted(by: >)
            let state = TallyState(limit: limit, newest: newest, window: tally.window)
            try requireRoom(tally, state)
            situation.tallies[tally] = state
        }
        for (index, key) in ask.paces(situation.place).enumerated() {
            let column = Look.limits + ask.tallies.count + index
            guard !row.isNull(column) else { continue }
            situation.paces[key] = try reading("pace", self.key(hash(of: key))) {
                let pace = try row.integers(column, separatedBy: " ")
                guard pace.count == 2 else { throw NotReadable() }
                return Pace(streak: Int(pace[0]), notBefore: Timestamp(milliseconds: pace[1]))
            }
        }
    }

    /// Near its limit a shared counter is looked at alone; see ``CounterLock``.
    private func requireRoom(_ tally: Tally, _ state: TallyState) throws {
        guard transaction.isWriting, tally.isShared else { return }
        switch transaction.counters {
        case .exclusive: return
        case .shared:
            let isOver = state.left == 0
            if !isOver, state.left <= transaction.mostBeside { throw NeedsExclusiveCounters() }
        }
    }

    /// Only what does not depend on the version: a newer one's job keeps its number to itself as long as its worker lives.
    private func readHolder(_ row: PostgresRow) -> LockHolder? {
        let first = Look.holder
        guard let frontEnd = try? row.text(first), let messageID = try? row.text(first + 1) else { return nil }
        return LockHolder(
            key: JobKey(frontEnd: frontEnd, messageID: messageID), worker: (try? row.integer(first + 2)) ?? 0,
            leaseUntil: MonotonicTime(nanoseconds: (try? row.integer(first + 3)) ?? 0))
    }
}

/// A job's look: the statement and its values.
private struct LookQuestion {
    let tallies: [(tally: Tally, limit: Int)]
    private let hasPaces: Bool
    private let user: String
    private(set) var values: [PostgresValue]

    /// - Parameter keys: The number to look at, whatever is written beside a sealed one.
    init(_ query: JobQuery, _ rows: PostgresRows, keys: NumberKeys?) {
        let (login, wanted) = (query.login, query.wanted)
        tallies = wanted.tallies.filter { $0.value > 0 }.map { ($0.key, $0.value) }
            .sorted { $0.0.rawValue < $1.0.rawValue }
        hasPaces = wanted.paces
        user = login.user
        let given = login.user.isEmpty ? nil : keys ?? query.place.map { NumberKeys($0, rows) }
        let client = wanted.approval ? login.client.map { rows.hash(ofClient: $0) } : nil
        let lock = query.isLocking && wanted.authenticator ? CallLock.authenticator(user: login.user).text : nil
        values = [
            .text(query.key.frontEnd), .text(query.key.messageID), .text(login.user),
            .text(login.application.rawValue), .text(login.login), .blob(given?.bytes), .flag(query.isPendings),
            .blob(client), .time(rows.givenTime), .words(wanted.code == nil ? nil : login.user),
            .words(wanted.authenticator ? login.user : nil), .words(wanted.approval ? login.user : nil),
            .blob(lock.map { rows.lookup($0) }), .flag(query.isLocking), .flag(wanted.strangers),
        ]
        let context = ChangeContext(
            key: query.key, login: login, place: query.place, now: Timestamp(milliseconds: 0))
        for (tally, limit) in tallies {
            let part = NumberKeys.Part(tally)
            values += [
                .text(tally.rawValue), .blob(part == nil ? rows.hash(of: tally, context) : nil),
                .number(part?.offset), .number(tally.window.milliseconds), .number(limit),
            ]
        }
        guard hasPaces else { return }
        values += [
            .bytes(rows.hash(of: .user(login.user))), .number(NumberKeys.Part.ownersPace.offset),
            .number(NumberKeys.Part.unprovenPace.offset),
        ]
    }

    /// The paces in the order in which they are asked for.
    func paces(_ place: NumberPlace?) -> [PaceKey] {
        guard hasPaces else { return [] }
        let numbers = place.map { [PaceKey.number($0.number, isProven: true), .number($0.number, isProven: false)] }
        return [.user(user)] + (numbers ?? [])
    }

    var sql: String { "\(Self.columns)\(limitColumns) \(Self.sources)" }

    private var limitColumns: String {
        let times = tallies.indices.map { index in
            let first = 16 + 5 * index
            return """
                , (SELECT string_agg(counted.at::text, ',') FROM (SELECT at FROM tally
                WHERE tally.tally = $\(first)
                AND key = coalesce($\(first + 1)::bytea, substr(number.keys, $\(first + 2)::int, \(NumberKeys.length)))
                AND at > clock.now - $\(first + 3)::bigint ORDER BY at DESC LIMIT $\(first + 4)::bigint) AS counted)
                """
        }
        guard hasPaces else { return times.joined() }
        let first = 16 + 5 * tallies.count
        let keys =
            ["$\(first)::bytea"]
            + (1...2).map { "substr(number.keys, $\(first + $0)::int, \(NumberKeys.length))" }
        let pauses = keys.map { ", (SELECT streak::text || ' ' || not_before::text FROM pace WHERE key = \($0))" }
        return (times + pauses).joined()
    }

    private static let columns = """
        SELECT \(PostgresColumns.list(PostgresColumns.job, of: "job")),
            \(PostgresColumns.list(PostgresColumns.person, of: "person")),
            \(PostgresColumns.list(PostgresColumns.pending, of: "pending")),
            \(PostgresColumns.list(PostgresColumns.code, of: "code")),
            \(PostgresColumns.holder.map { "coalesce(holder.\($0), holder_of_number.\($0))" }.joined(separator: ", ")),
            \(PostgresColumns.list(PostgresColumns.enrolment, of: "enrolment")),
            \(PostgresColumns.list(PostgresColumns.challenge, of: "challenge")),
            \(PostgresColumns.list(PostgresColumns.bypass, of: "bypass")),
            approval.at, client.approved_at,
            EXISTS (
                SELECT 1 FROM pending AS other
                JOIN code ON code.number_hmac = other.number_hmac AND code.sid = other.sid
                WHERE other.person = $3 AND NOT (other.application = $4 AND other.login = $5)
                AND other.ended IS NULL AND code.ended IS NULL AND code.expires_at > clock.now),
            EXISTS (
                SELECT 1 FROM canceled_send WHERE front_end = $1 AND message_id = $2 AND canceled_send.person = $3
                AND canceled_send.application = $4 AND canceled_send.login = $5),
            number.keys,
            (SELECT string_agg(encode(used_code.hash, 'hex'), ',') FROM used_code
                WHERE used_code.person = $11 AND used_code.until > clock.now
                AND NOT (front_end = $1 AND message_id = $2)),
            (SELECT string_agg(encode(ticket.hash, 'hex'), ',') FROM ticket
                WHERE ticket.person = $3 AND ticket.until > clock.now),
            CASE WHEN $15::bigint <> 0 THEN (
                SELECT string_agg(DISTINCT other.purpose, ',') FROM pending AS other
                WHERE other.number_hmac = substr(number.keys, 1, \(NumberKeys.length)) AND other.ended IS NULL
                AND other.sid = code.sid AND other.person <> $3) END
        """

    private static let sources = """
        FROM (SELECT coalesce($9::bigint, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) AS now) AS clock
        LEFT JOIN job ON job.front_end = $1 AND job.message_id = $2
        LEFT JOIN person ON person.name = $3
        LEFT JOIN pending ON pending.person = $3 AND pending.application = $4 AND pending.login = $5
        CROSS JOIN LATERAL (SELECT coalesce($6::bytea,
            CASE WHEN $7::bigint <> 0 THEN pending.number_keys ELSE person.phone_keys END) AS keys) AS number
        LEFT JOIN code ON code.number_hmac = substr(number.keys, 1, \(NumberKeys.length))
        LEFT JOIN bypass ON bypass.person = $10 AND bypass.until > clock.now
        LEFT JOIN enrolment ON enrolment.person = $11
        LEFT JOIN challenge ON challenge.factor_sid = CASE WHEN $11 IS NOT NULL THEN person.factor_sid END
            AND challenge.expires_at > clock.now
        LEFT JOIN approval ON approval.person = $12 AND approval.application = $4 AND approval.login = $5
        LEFT JOIN client ON client.person = $12 AND client.client_hmac = $8
        LEFT JOIN job AS holder ON holder.lock_hmac = $13
            AND holder.state = 0 AND NOT (holder.front_end = $1 AND holder.message_id = $2)
        LEFT JOIN job AS holder_of_number
            ON holder_of_number.lock_hmac
                = CASE WHEN $14::bigint <> 0 THEN substr(number.keys, 1, \(NumberKeys.length)) END
            AND holder_of_number.state = 0
            AND NOT (holder_of_number.front_end = $1 AND holder_of_number.message_id = $2)
        LIMIT 1
        """
}
