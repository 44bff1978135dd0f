import AMQP
import Basics
import Logging
import Pipeline
import Store
import Wire

extension WorkerService {
    /// One message from delivery to acknowledgement; `lane` is that of its queue, where it has one.
    func handle(_ delivery: Delivery, of lane: LaneName?) async {
        Failpoint.afterDelivery.hit()
        if delivery.queue == WireName.dead { return await takeDeadLetter(delivery) }
        guard let lane, let slot = slots[lane] else {
            return await consumer.reject(delivery.tag, requeue: true)
        }
        let envelope = EnvelopeReader.envelope(delivery, lane: lane, receivedAt: clocks.wall())
        let kind = JobKind(rawValue: envelope.routingKey)
        let began = clocks.monotonic()
        observer?.received(ReceivedJob(lane: lane, envelope))
        let place = slot.place(
            for: Share(frontEnd: envelope.userID ?? "", operation: ProviderOperation(kind)))
        // What was delivered before may have begun, here or elsewhere: its outcome has to be waited for.
        if await place.enter(mayBeCrowdedOut: !envelope.redelivered) == .crowdedOut {
            guard let refusal = await refuse(envelope) else { return }
            if let disposition = refusal { return await conclude(disposition, envelope, delivery, since: began) }
            await place.stay()
        }
        observer?.gotSlot(lane, after: clocks.monotonic() - began)
        let disposition = await persistently(envelope) { () async throws(StoreError) in
            try await pipeline.process(envelope, slot: place)
        }
        await place.release()
        if let disposition { await conclude(disposition, envelope, delivery, since: began) }
        place.leave()
    }

    /// Answers a job that was crowded out; the inner `nil` for one that has to be waited for.
    private func refuse(_ envelope: Envelope) async -> Disposition?? {
        await persistently(envelope) { () async throws(StoreError) in try await pipeline.crowdedOut(envelope) }
    }

    private func conclude(
        _ disposition: Disposition, _ envelope: Envelope, _ delivery: Delivery, since began: MonotonicTime
    ) async {
        if let publication = disposition.publication {
            let replies = ReplyPublisher(
                publisher: publisher, direct: direct, user: user, clocks: clocks, observer: observer,
                logger: logger)
            guard let state = await replies.publish(publication) else { return }
            Failpoint.afterPublish.hit()
            if state == .undeliverable { observer?.undelivered(UndeliveredReply(envelope)) }
            // Unacknowledged until the note is on disk: nobody would come back to make it.
            let noted: Void? = await persistently(envelope) { () async throws(StoreError) in
                try await pipeline.settle(disposition, as: state)
            }
            guard noted != nil else { return }
        }
        Failpoint.beforeAck.hit()
        await consumer.acknowledge(delivery.tag)
        observer?.settled(SettledJob(envelope, disposition, after: clocks.monotonic() - began))
        logger.debug(
            "job done",
            metadata: facts(
                of: envelope,
                ["outcome": disposition.outcome?.rawValue, "message_id": disposition.key?.messageID]))
        guard settings.events else { return }
        if let record = disposition.fresh { announcer.announce(record, traceparent: envelope.traceparent) }
        for record in disposition.resumed { announcer.announce(record, traceparent: nil) }
    }

    private func takeDeadLetter(_ delivery: Delivery) async {
        let envelope = EnvelopeReader.envelope(delivery, lane: .admin, receivedAt: clocks.wall())
        let taken: Void? = await persistently(envelope) { () async throws(StoreError) in
            try await pipeline.takeDeadLetter(envelope)
        }
        if taken != nil { await consumer.acknowledge(delivery.tag) }
    }

    /// While the store is away nothing is answered: the message stays in hand, unacknowledged, and what prefetch
    /// allows is all that is taken. `nil` when the worker stops meanwhile; then the broker delivers it again.
    private func persistently<Value: Sendable>(
        _ envelope: Envelope, _ body: () async throws(StoreError) -> Value
    ) async -> Value? {
        var backoff = Backoff(first: .milliseconds(100), longest: .seconds(5))
        while !Task.isCancelled {
            do throws(StoreError) {
                return try await body()
            } catch {
                // A job that is left as it is says nothing of the store.
                if error.code == .stopping { return nil }
                // The store's trouble is told once for all jobs, not by each.
                logger.debug("a job waits for the store", metadata: facts(of: envelope, ["error": "\(error)"]))
                try? await Task.sleep(for: backoff.next())
            }
        }
        return nil
    }

    /// What a log line says of a job: nothing that a person typed.
    private func facts(of envelope: Envelope, _ more: [String: String?]) -> Logger.Metadata {
        let own = ["job": JobKind(rawValue: envelope.routingKey)?.rawValue, "traceparent": envelope.traceparent]
        return own.merging(more) { $1 }.compactMapValues { text in text.map { "\($0)" } }
    }
}
