import Pipeline
import Wire

extension Site {
    /// A worker takes the job, makes the call of this kind and dies before it hears the answer.
    func die(of job: Envelope, at operation: FakeTwilio.Operation) async throws -> Ghost {
        let worker = try await worker()
        twilio.hold(operation)
        let work = Task { try? await worker.process(job) }
        await twilio.waitUntilHeld()
        await crash(worker)
        return Ghost(site: self, work: work)
    }
}

/// What a dead worker would still do counts for nothing: another holds the lease, or its store is closed.
struct Ghost {
    fileprivate var site: Site
    fileprivate var work: Task<Disposition?, Never>

    func lay() async {
        site.twilio.letGo()
        _ = await work.value
    }
}
