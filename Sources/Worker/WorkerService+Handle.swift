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
        let place = slot.place(
            for: Share(
                frontEnd: envelope.userID ?? "", operation: JobKind(rawValue: envelope.routingKey)?.operation))
        await handle(JobContext(envelope, slot: place), place, delivery.tag)
    }

    private func handle(_ context: JobContext, _ place: Place, _ tag: DeliveryTag) async {
        let began = clocks.monotonic()
        observer?.received(ReceivedJob(context.envelope))
        // What was delivered before may have begun, here or elsewhere: its outcome has to be waited for.
        if await place.enter(mayBeCrowdedOut: !context.envelope.redelivered) == .crowdedOut {
            switch await refuse(context) {
            case .answered: return await conclude(context, tag, since: began)
            case .stopped: return
            case .underWay: await place.stay()
            }
        }
        observer?.gotSlot(context.envelope.lane, after: clocks.monotonic() - began)
        let isDone = await persistently(context.envelope) { () async throws(StoreError) in
            try await pipeline.process(context)
        }
        await place.release()
        if isDone { await conclude(context, tag, since: began) }
        // One that was crowded out has left already.
        place.leave()
    }

    /// What became of a job that was crowded out.
    private enum Refusal {
        case answered
        /// It has begun somewhere: its own outcome has to be waited for.
        case underWay
        /// The worker stops; the broker delivers it again.
        case stopped
    }

    private func refuse(_ context: JobContext) async -> Refusal {
        var refusal = Refusal.stopped
        _ = await persistently(context.envelope) { () async throws(StoreError) in
            refusal = try await pipeline.crowdedOut(context) ? .answered : .underWay
        }
        return refusal
    }

    private func conclude(_ context: JobContext, _ tag: DeliveryTag, since began: MonotonicTime) async {
        guard await publish(context) else { return }
        Failpoint.beforeAck.hit()
        await consumer.acknowledge(tag)
        observer?.settled(SettledJob(context, after: clocks.monotonic() - began))
        logger.debug(
            "job done",
            metadata: facts(
                of: context.envelope,
                [
                    "outcome": context.disposition.outcome?.rawValue,
                    "message_id": context.disposition.key?.messageID,
                ]))
        guard settings.events else { return }
        if let record = context.disposition.fresh {
            announcer.announce(record, traceparent: context.envelope.traceparent)
        }
        for record in context.disposition.resumed { announcer.announce(record, traceparent: nil) }
    }

    /// Publishes the reply, if there is one, and notes what became of it.
    ///
    /// - Returns: whether the message may be acknowledged.
    private func publish(_ context: JobContext) async -> Bool {
        guard let publication = context.disposition.publication else { return true }
        guard let state = await replies.publish(publication) else { return false }
        Failpoint.afterPublish.hit()
        if state == .undeliverable { observer?.undelivered(UndeliveredReply(context.envelope)) }
        // That nobody got it is on disk before the acknowledgement, since nobody would come back to note it. That somebody did
        // is noted soon: should the note be lost, they are answered once more.
        return await persistently(context.envelope) { () async throws(StoreError) in
            try await pipeline.settle(context, as: state)
        }
    }

    private func takeDeadLetter(_ delivery: Delivery) async {
        let envelope = EnvelopeReader.envelope(delivery, lane: .admin, receivedAt: clocks.wall())
        let isTaken = await persistently(envelope) { () async throws(StoreError) in
            try await pipeline.takeDeadLetter(envelope)
        }
        if isTaken { await consumer.acknowledge(delivery.tag) }
    }

    /// While the store is away nothing is answered: the message stays in hand, unacknowledged, and what prefetch
    /// allows is all that is taken.
    ///
    /// - Returns: `false` when the worker stops meanwhile; then the broker delivers it again.
    private func persistently(_ envelope: Envelope, _ body: () async throws(StoreError) -> Void) async -> Bool {
        var backoff = Backoff(first: .milliseconds(100), longest: .seconds(5))
        while !Task.isCancelled {
            do throws(StoreError) {
                try await body()
                return true
            } catch {
                // A job that is left as it is says nothing of the store.
                if error.code == .stopping { return false }
                // The store's trouble is told once for all jobs, not by each.
                logger.debug("a job waits for the store", metadata: facts(of: envelope, ["error": "\(error)"]))
                try? await Task.sleep(for: backoff.next())
            }
        }
        return false
    }

    /// What a log line says of a job: nothing that a person typed.
    private func facts(of envelope: Envelope, _ more: [String: String?]) -> Logger.Metadata {
        let own = ["job": JobKind(rawValue: envelope.routingKey)?.rawValue, "traceparent": envelope.traceparent]
        return own.merging(more) { $1 }.compactMapValues { text in text.map { "\($0)" } }
    }
}
