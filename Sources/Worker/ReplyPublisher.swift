import AMQP
import Basics
import Logging
import Pipeline
import Store
import Wire

/// Publishes a reply until its fate is known: confirmed, or undeliverable.
struct ReplyPublisher: Sendable {
    let publisher: Publisher
    /// For direct reply-to.
    ///
    /// RabbitMQ hangs up on whoever publishes to a forged address of that kind (tried on 3.10.8: 541), so these go over
    /// a connection of their own, each once at most.
    let direct: DirectPublisher
    /// The worker's own broker user; `nil` when that depends on which broker it is connected to.
    let user: String?
    let clocks: Clocks
    var observer: (any WorkObserver)?
    let logger: Logger

    /// Returns only when the fate is known, or with `nil` when the task was cancelled: then the message is redelivered
    /// to another worker and its reply published there.
    func publish(_ publication: Disposition.Publication) async -> ReplyState? {
        guard let key = publication.address.routingKey else { return .undeliverable }
        let isDirect = if case .direct = publication.address { true } else { false }
        let publisher = isDirect ? direct.started() : publisher
        var tries = ReplyTries(isDirect: isDirect)
        while !Task.isCancelled {
            await publisher.waitUntilUsable()
            let began = clocks.monotonic()
            let jitter = Double.random(in: 0...1)
            let step: ReplyTries.Step
            do throws(AMQPError) {
                let answer = try await publisher.publish(message(publication, to: key))
                observer?.published(ReplyFate(answer), after: clocks.monotonic() - began)
                step = tries.published(answer, jitter: jitter)
            } catch {
                observer?.published(.lost, after: clocks.monotonic() - began)
                logger.debug("reply not confirmed", metadata: ["error": "\(error)"])
                step = tries.failed(error, jitter: jitter)
            }
            switch step {
            case .end(let state): return state
            case .again(let pause): try? await Task.sleep(for: pause)
            }
        }
        return nil
    }

    private func message(_ publication: Disposition.Publication, to key: String) -> Message {
        let now = clocks.wall()
        var properties = MessageProperties()
        properties.contentType = "application/json"
        properties.type = publication.type
        properties.messageID = publication.messageID
        properties.correlationID = publication.correlationID
        properties.timestamp = UInt64(clamping: now.wholeSeconds)
        properties.userID = user
        if key.hasPrefix(WireName.replyPrefix), !publication.isSecret(at: now) { properties.deliveryMode = 2 }
        if let traceparent = publication.traceparent {
            properties.headers = FieldTable([("traceparent", .string(Array(traceparent.utf8)))])
        }
        let isQueue = if case .queue = publication.address { true } else { false }
        return Message(
            exchange: "", routingKey: key, mandatory: isQueue, properties: properties, body: publication.body(at: now))
    }
}
