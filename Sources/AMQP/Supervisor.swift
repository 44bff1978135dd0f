import Basics
import Logging

/// Keeps one connection: connects, waits for its end, waits a while, connects again.
struct Supervisor: Sendable {
    let configuration: BrokerConfiguration
    let connection: Connection
    /// Set when the connection ends, to why.
    let closed: Watched<AMQPError?>
    let logger: Logger
    /// How many tries in a row found no broker.
    let failures = Watched(0)
    var resolver = Resolver.shared

    /// - Parameter gate: awaited on every new connection, before its channels are opened.
    func run(gate: (@Sendable () async -> Void)? = nil) async {
        var plan = ReconnectPlan(count: configuration.urls.count)
        var loss: BrokerTally.Loss?
        while !Task.isCancelled, !configuration.urls.isEmpty {
            let url = configuration.urls[plan.index]
            let pause: Duration
            do throws(AMQPError) {
                closed.set(nil)
                try await connect(to: url)
                failures.set(0)
                if let cause = loss { connection.tally.withLock { $0.reconnects[cause, default: 0] += 1 } }
                loss = nil
                logger.debug("connected", metadata: ["broker": "\(url)"])
                await gate?()
                // What it waited for says nothing of how long it holds with its channels.
                let started = MonotonicTime.now()
                await connection.start()
                await closed.wait { $0 != nil }
                if Task.isCancelled { break }
                loss = BrokerTally.Loss(closed.value)
                let why = closed.value.map { "\($0)" } ?? "unknown"
                logger.warning("connection lost", metadata: ["broker": "\(url)", "error": "\(why)"])
                pause = plan.lost(since: started, hasServed: await connection.hasServed, now: .now())
            } catch {
                if Task.isCancelled { break }
                logger.warning("no connection", metadata: ["error": "\(error)"])
                failures.update { $0 += 1 }
                pause = plan.failed(isRefusal: error.isRefusal, now: .now())
            }
            try? await Task.sleep(for: pause)
        }
        await end()
    }

    /// Tries every address of the URL's host in turn.
    private func connect(to url: BrokerURL) async throws(AMQPError) {
        do throws(AMQPError) {
            try await resolver.withAddresses(of: url.host) { address throws(AMQPError) in
                try await connection.open(url, at: address)
            }
        } catch {
            await connection.fail(error)
            throw error
        }
    }

    /// Says good-bye and waits for the answer, a second at most.
    private func end() async {
        guard await connection.close() else { return }
        // Not in the cancelled task: its sleeps and waits would end at once.
        let closed = closed
        await Task {
            await withTaskGroup { group in
                group.addTask { await closed.wait { $0 != nil } }
                group.addTask { try? await Task.sleep(for: .seconds(1)) }
                await group.next()
                group.cancelAll()
            }
        }.value
        await connection.fail(AMQPError(.closed, "closed"))
    }
}

extension Resolver {
    /// Calls `body` with every address of a host in turn, until it works or the broker itself refuses us.
    func withAddresses(
        of host: String, _ body: (String) async throws(AMQPError) -> Void
    ) async throws(AMQPError) {
        var failure = AMQPError(.unreachable, "cannot find \(host)")
        for address in try await addresses(of: host) {
            if Task.isCancelled { throw AMQPError(.closed, "cancelled") }
            do throws(AMQPError) {
                return try await body(address)
            } catch {
                failure = error
                if error.isRefusal { break }
            }
        }
        throw failure
    }
}
