import Basics
import Foundation
import GRDB
import Store
import Wire

/// Reading what a job's decision rests on: one statement for the job and all that hangs on it, one for limits, and others only for
/// what few jobs ask for.
extension SQLiteRows {
    func load(_ query: JobQuery) throws -> Loaded<any Error> {
        let ask = LookArguments(query, self)
        let text = HotText.look(tallies: ask.limits?.tallies.count ?? 0, paces: ask.limits?.paces.count ?? 0)
        let loaded = try hot(text).first({ ask.bind(&$0) }) { row in
            let job = row.isNull(LookColumns.job) ? nil : try readJob(query.key, row, at: LookColumns.job)
            var holder = readHolder(row, at: LookColumns.holder)
            let situation = Result<Situation, any Error> { try readSituation(query, ask, row, &holder) }
            return Loaded(job: job, situation: situation, holder: holder)
        }
        guard let loaded else { throw StoreError(.failed, "The store gave no answer.") }
        return loaded
    }

    private func readSituation(
        _ query: JobQuery, _ ask: LookArguments, _ row: HotRow, _ holder: inout LockHolder?
    ) throws -> Situation {
        let key = LoginKey(query.login)
        var situation = Situation(now: ask.now)
        situation.options = try options()
        if !row.isNull(LookColumns.user) {
            situation.user = try readUser(query.login.user, row, at: LookColumns.user)
        }
        if !row.isNull(LookColumns.pending) {
            situation.pending = try readPending(key, row, at: LookColumns.pending)
        }
        situation.pendingElsewhere = try row.flag(LookColumns.pendingElsewhere)
        situation.isCanceled = query.kind?.lane == .send ? try row.flag(LookColumns.isCanceled) : false
        // A job of nobody's is about no number either.
        if !query.login.user.isEmpty {
            situation.place =
                query.place ?? (ask.isPendings ? situation.pending?.place : situation.user?.phone?.place)
        }
        try readCode(query, ask, row, into: &situation, &holder)
        try readApprovals(query, row, into: &situation)
        if query.wanted.authenticator { try readAuthenticator(query, row, into: &situation) }
        try readBypass(query, row, into: &situation)
        if let limits = ask.limits { try readLimits(limits, row, at: LookColumns.limits, into: &situation) }
        try loadRest(query, into: &situation)
        return situation
    }

    /// The number's code, and who has begun on the number.
    ///
    /// What the look was made for has them already; a number that only the person's sealed phone tells needs a look of
    /// its own.
    private func readCode(
        _ query: JobQuery, _ ask: LookArguments, _ row: HotRow, into situation: inout Situation,
        _ holder: inout LockHolder?
    ) throws {
        guard let number = situation.number else {
            // Neither code nor holder, but perhaps counters that go by the person.
            return ask.limits == nil ? try lookAtNumber(query, ask, nil, into: &situation, &holder) : ()
        }
        let hash = ask.number ?? lookup(number.revealed)
        // Beside a sealed number its hash stands in the open: what others may have written there is not believed.
        let isPendings = ask.isPendings ? try row.bytesIfAny(LookColumns.pendingNumber) == hash : false
        if ask.number != nil || isPendings, !row.isNull(LookColumns.code) {
            situation.code = try readCode(number, hash, row, at: LookColumns.code)
        }
        if ask.limits == nil || ask.number == nil && !isPendings {
            try lookAtNumber(query, ask, (number, hash), into: &situation, &holder)
        }
    }

    private func lookAtNumber(
        _ query: JobQuery, _ ask: LookArguments, _ number: (number: E164, hash: [UInt8])?,
        into situation: inout Situation, _ holder: inout LockHolder?
    ) throws {
        let limits = ask.limits == nil ? LimitQuery(query, situation.place, situation.now, self) : LimitQuery()
        let text = HotText.lookAtNumber(tallies: limits.tallies.count, paces: limits.paces.count)
        try hot(text).each {
            $0.bytes(number?.hash)
            $0.bytes(query.isLocking ? number?.hash : nil)
            $0.text(query.key.frontEnd)
            $0.text(query.key.messageID)
            limits.bind(&$0)
        } _: { row in
            if let (number, hash) = number, !row.isNull(NumberColumns.code) {
                situation.code = try readCode(number, hash, row, at: NumberColumns.code)
            }
            holder = holder ?? readHolder(row, at: NumberColumns.holder)
            try readLimits(limits, row, at: NumberColumns.limits, into: &situation)
        }
    }

    private func readApprovals(_ query: JobQuery, _ row: HotRow, into situation: inout Situation) throws {
        if !row.isNull(LookColumns.approvedAt) {
            situation.approvedAt = try reading("approval", key(LoginKey(query.login))) {
                try row.time(LookColumns.approvedAt)
            }
        }
        guard !row.isNull(LookColumns.clientApprovedAt), let client = query.login.client else { return }
        situation.clientApprovedAt = try reading(
            "client", "\(query.login.user)/\(key(Data(hash(ofClient: client))))"
        ) { try row.time(LookColumns.clientApprovedAt) }
    }

    private func readAuthenticator(_ query: JobQuery, _ row: HotRow, into situation: inout Situation) throws {
        if !row.isNull(LookColumns.enrolment) {
            situation.enrolment = try readEnrolment(query.login.user, row, at: LookColumns.enrolment)
        }
        let registered = situation.user?.authenticator?.factorSID
        if let registered, !row.isNull(LookColumns.challenge) {
            situation.challenge = try readChallenge(registered, row, at: LookColumns.challenge)
        }
        guard let code = query.wanted.code else { return }
        for sid in [situation.enrolment?.factorSID, registered].compactMap(\.self) where !situation.isCodeReserved {
            let hash = hash(ofCode: code.revealed, factorSID: sid)
            situation.isCodeReserved = try isReserved(hash, except: query.key, at: situation.now)
        }
    }

    private func readBypass(_ query: JobQuery, _ row: HotRow, into situation: inout Situation) throws {
        guard let code = query.wanted.code, !row.isNull(LookColumns.bypass) else { return }
        let user = query.login.user
        let (hash, tries) = try reading("bypass", user) {
            (try row.bytes(LookColumns.bypass), try row.number(LookColumns.bypass + 1))
        }
        guard tries < BypassCode.maxTries else { return }
        let isRight = self.hash(ofBypass: code.revealed, of: user) == hash
        situation.bypass = isRight ? .right : .wrong(triesLeft: BypassCode.maxTries - tries - 1)
    }

    /// What has statements of its own.
    private func loadRest(_ query: JobQuery, into situation: inout Situation) throws {
        let (wanted, user, now) = (query.wanted, query.login.user, situation.now)
        // Nobody waits for a code that is over.
        if wanted.strangers, let code = situation.code, code.ended == nil {
            situation.strangers = try strangers(to: code, than: user)
        }
        if wanted.openCodes { situation.openCodes = try openCodes(of: user, at: now) }
        if wanted.liveCodes { situation.liveCodes = try liveCodes(of: user, at: now) }
        if wanted.handedOut { situation.handedOut = try handedOut(to: user, at: now) }
        if let ticket = wanted.ticket {
            let hash = hash(ofTicket: ticket.revealed)
            if try hasTicket(hash, of: user, at: now) { situation.ticket = hash }
        }
        let begun = [situation.pending?.ticket, situation.enrolment?.ticket, wanted.begunTicket]
        for case let hash? in begun where try hasTicket(hash, of: user, at: now) {
            situation.begunTickets.insert(hash)
        }
        if wanted.census { situation.census = try census() }
        if let page = wanted.page { situation.page = try self.page(page) }
        situation.unreadable = unreadable
        if let other = wanted.otherUser { situation.otherUserExists = try self.user(other) != nil }
    }

    /// Each tally is a list of times, and each pace two numbers.
    private func readLimits(
        _ limits: LimitQuery, _ row: HotRow, at first: Int, into situation: inout Situation
    ) throws {
        for (index, (tally, limit, hash)) in limits.tallies.enumerated() {
            var newest = try reading("tally", "\(tally.rawValue)/\(key(Data(hash)))") {
                try row.integers(first + index, separatedBy: UInt8(ascii: ",")).map { Timestamp(milliseconds: $0) }
            }
            newest.sort(by: >)
            situation.tallies[tally] = TallyState(limit: limit, newest: newest, window: tally.window)
        }
        for (index, (key, hash)) in limits.paces.enumerated() {
            let column = first + limits.tallies.count + index
            guard !row.isNull(column) else { continue }
            situation.paces[key] = try reading("pace", self.key(Data(hash))) {
                let pace = try row.integers(column, separatedBy: UInt8(ascii: " "))
                guard pace.count == 2 else { throw NotReadable() }
                return Pace(streak: Int(pace[0]), notBefore: Timestamp(milliseconds: pace[1]))
            }
        }
    }

    /// Only what does not depend on the version: a newer one's job keeps its number to itself as long as its worker lives.
    private func readHolder(_ row: HotRow, at first: Int) -> LockHolder? {
        guard let frontEnd = try? row.text(first), let messageID = try? row.text(first + 1) else { return nil }
        return LockHolder(
            key: JobKey(frontEnd: frontEnd, messageID: messageID), worker: (try? row.integer(first + 2)) ?? 0,
            leaseUntil: MonotonicTime(nanoseconds: (try? row.integer(first + 3)) ?? 0))
    }
}

/// The counters that a job wants to know of, by the hashes that they are found by.
private struct LimitQuery {
    let tallies: [(tally: Tally, limit: Int, hash: [UInt8])]
    let paces: [(key: PaceKey, hash: [UInt8])]
    private let now: Timestamp

    /// None.
    init() { (tallies, paces, now) = ([], [], Timestamp(milliseconds: 0)) }

    init(_ query: JobQuery, _ place: NumberPlace?, _ now: Timestamp, _ rows: SQLiteRows) {
        let context = ChangeContext(key: query.key, login: query.login, place: place, now: now)
        tallies = query.wanted.tallies.compactMap { tally, limit in
            limit > 0 ? rows.hash(of: tally, context).map { (tally: tally, limit: limit, hash: $0) } : nil
        }
        let numbers = place.map { [PaceKey.number($0.number, isProven: true), .number($0.number, isProven: false)] }
        let keys = query.wanted.paces ? [.user(query.login.user)] + (numbers ?? []) : []
        paces = keys.map { ($0, rows.hash(of: $0)) }
        self.now = now
    }

    func bind(_ values: inout HotStatement.Values) {
        for (tally, limit, hash) in tallies {
            values.text(tally.rawValue)
            values.bytes(hash)
            values.time(now - tally.window)
            values.integer(limit)
        }
        for (_, hash) in paces { values.bytes(hash) }
    }
}

/// The parameters of ``HotText/look``.
private struct LookArguments {
    let now: Timestamp
    /// The hash of the number that the job names.
    let number: [UInt8]?
    /// The number is the pending code's, as far as there is one.
    let isPendings: Bool
    /// `nil` where they go by a number that has to be read first.
    let limits: LimitQuery?
    private let query: JobQuery
    private let client: [UInt8]?
    private let authenticatorLock: [UInt8]?

    init(_ query: JobQuery, _ rows: SQLiteRows) {
        let (login, wanted) = (query.login, query.wanted)
        self.query = query
        now = rows.clocks.wall()
        number = login.user.isEmpty ? nil : query.place.map { rows.lookup($0.number.revealed) }
        isPendings = query.place == nil && query.kind?.lane == .check
        client = wanted.approval ? login.client.map { rows.hash(ofClient: $0) } : nil
        let isOfNumber = wanted.paces || wanted.tallies.contains { $0.value > 0 && $0.key.isOfNumber }
        limits = query.place != nil || !isOfNumber ? LimitQuery(query, query.place, now, rows) : nil
        let isLocked = query.isLocking && wanted.authenticator
        authenticatorLock = isLocked ? rows.lookup(CallLock.authenticator(user: login.user).text) : nil
    }

    func bind(_ values: inout HotStatement.Values) {
        let (login, wanted) = (query.login, query.wanted)
        values.text(query.key.frontEnd)
        values.text(query.key.messageID)
        values.text(login.user)
        values.text(login.application.rawValue)
        values.text(login.login)
        values.bytes(number)
        values.flag(isPendings)
        values.bytes(client)
        values.time(now)
        values.text(wanted.code == nil ? nil : login.user)
        values.text(wanted.authenticator ? login.user : nil)
        values.text(wanted.approval ? login.user : nil)
        values.bytes(authenticatorLock)
        values.flag(query.isLocking)
        limits?.bind(&values)
    }
}
