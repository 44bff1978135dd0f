/// Puts a message together from its frames: method, header, bodies.
///
/// One for each life of a channel, whose state refers to it: as a part of that it would be copied with every frame.
///
/// Nothing is allocated on a peer's word: a body grows as it comes, up to the limit, and beyond it is counted only.
final class ContentAssembler {
    enum Start: Sendable, Equatable {
        case delivery(tag: UInt64, exchange: String, routingKey: String, redelivered: Bool)
        case returned(code: Int, text: String, exchange: String, routingKey: String)
    }

    struct Content: Sendable, Equatable {
        var start: Start
        var properties: MessageProperties
        var body: DeliveryBody
    }

    private enum State {
        case idle
        case started(Start)
        case filling(Start, MessageProperties, size: UInt64, have: UInt64, bytes: [UInt8])
    }

    private var state = State.idle
    let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    func start(_ start: Start) {
        state = .started(start)
    }

    /// A header without a start belongs to nothing and is passed over.
    func header(_ properties: MessageProperties, size: UInt64) -> Content? {
        guard case .started(let start) = state else { return nil }
        state = .filling(start, properties, size: size, have: 0, bytes: [])
        return finished()
    }

    func body(_ part: [UInt8]) -> Content? {
        guard case .filling(let start, let properties, let size, let have, var bytes) = state else { return nil }
        state = .idle
        if size <= UInt64(limit) { bytes += part.prefix(Int(size - have)) }
        let now = min(size, have + UInt64(part.count))
        state = .filling(start, properties, size: size, have: now, bytes: bytes)
        return finished()
    }

    func reset() {
        state = .idle
    }

    private func finished() -> Content? {
        guard case .filling(let start, let properties, let size, let have, let bytes) = state, have >= size else {
            return nil
        }
        state = .idle
        return Content(
            start: start, properties: properties, body: size <= UInt64(limit) ? .bytes(bytes) : .tooLarge(size))
    }
}
