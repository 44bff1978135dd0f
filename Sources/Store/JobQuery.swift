package import Wire

/// What one operation of a job looks at, named before it begins: a store loads it at once, and joins what depends on something
/// read, such as the code of the number that the login waits for a code on.
package struct JobQuery: Sendable {
    package var key: JobKey
    package var kind: JobKind?
    package var login: Job.Login
    /// The number that the job is about; `nil` for the one of the login's pending code, in the lane of checks, and the
    /// person's registered one elsewhere.
    package var place: NumberPlace?
    package var wanted: Wanted
    /// The job is about to begin: it needs to know who has begun on the same number, or on the same person's authenticator.
    package var isLocking = false

    package init(key: JobKey, kind: JobKind?, login: Job.Login, place: NumberPlace?, wanted: Wanted) {
        self.key = key
        self.kind = kind
        self.login = login
        self.place = place
        self.wanted = wanted
    }

    /// What a new job is decided on.
    ///
    /// Administrators' jobs call nothing that could collide.
    package init(_ job: NewJob) {
        self.init(key: job.key, kind: job.kind, login: job.login, place: job.place, wanted: job.wanted)
        isLocking = !job.kind.isAdministration
    }
}

/// What a store found for a query.
package struct Loaded<Failure: Error> {
    /// The job, when it is known.
    package var job: JobRow?
    /// A failure here is the trouble of whoever needs the situation: one for whom the job's own record is enough has none.
    package var situation: Result<Situation, Failure>
    /// Who has begun on what the job would work on.
    package var holder: LockHolder?

    package init(job: JobRow?, situation: Result<Situation, Failure>, holder: LockHolder?) {
        self.job = job
        self.situation = situation
        self.holder = holder
    }
}
