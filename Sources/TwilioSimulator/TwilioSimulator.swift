public import Basics
import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// A server that behaves like Twilio Verify v2, as far as telephone numbers and authenticator apps go, and sends
/// nothing.
///
/// Run it with ``run(onReady:)``; look at what it "sent" with ``outbox(to:)``, on its page `/` or under
/// `/_simulator`. It speaks plain HTTP and is meant for loopback.
public final class TwilioSimulator: Sendable {
    /// Nobody can listen at the address that was given.
    public struct CannotListen: Error, CustomStringConvertible {
        /// The address, the system's reason, and what to do.
        public var description: String
    }

    let configuration: SimulatorConfiguration
    let state: Locked<SimulatorState>
    private let clocks: Clocks
    private let logger: Logger

    /// - Parameters:
    ///   - configuration: Who to be and how to behave.
    ///   - clocks: The wall clock is what codes expire by; ``advanceClock(by:)`` adds to it.
    ///   - logger: For the server's own messages. Codes and numbers are not logged.
    public init(configuration: SimulatorConfiguration = .init(), clocks: Clocks = .system, logger: Logger) {
        self.configuration = configuration
        self.clocks = clocks
        self.logger = logger
        let twilio = SimulatedTwilio(configuration: configuration, now: clocks.wall())
        state = Locked(SimulatorState(twilio: twilio))
    }

    /// Serves until the task is cancelled or the surrounding service group shuts down.
    ///
    /// `onReady` is called with the port once requests are taken.
    ///
    /// - Throws: ``CannotListen``.
    public func run(onReady: @escaping @Sendable (Int) async -> Void = { _ in }) async throws {
        let responder = SimulatorResponder(simulator: self)
        let accepted = AcceptedConnections()
        let builder = HTTPServerBuilder { HeldHTTP1Channel(http: HTTP1Channel(responder: $0), accepted: accepted) }
        let server = try builder.buildServer(
            configuration: .init(address: .hostname(configuration.host, port: configuration.port)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger,
            responder: { request, writer, channel in
                try await responder.respond(to: request, writer, channel)
            },
            onServerRunning: { channel in await onReady(channel.localAddress?.port ?? 0) })
        do {
            try await server.run()
        } catch {
            await accepted.end()
            guard let error = error as? IOError else { throw error }
            let place = "\(configuration.host):\(configuration.port)"
            throw CannotListen(description: "\(place): \(String(cString: strerror(error.errnoCode)))")
        }
        await accepted.end()
    }

    /// The messages "sent", oldest first; all of them or those to one number.
    public func outbox(to number: String? = nil) -> [SimulatedMessage] {
        let all = state.withLock { $0.twilio.outbox }
        return number.map { wanted in all.filter { $0.to == wanted } } ?? all
    }

    /// What was done since the start or the last reset.
    public var statistics: SimulatorStatistics { state.withLock { $0.twilio.statistics } }

    /// How many requests of that kind arrived, refused and faulty ones included.
    public func requests(_ operation: SimulatorOperation) -> Int {
        state.withLock { $0.requests[operation, default: 0] }
    }

    /// Orders a misbehaviour, or ends it with `nil`.
    public func setFault(_ fault: SimulatorFault?, on operation: SimulatorOperation = .any) {
        state.withLock { $0.faults.set(fault, on: operation) }
    }

    /// Switches a channel of the preset service off or on, as Twilio's Console does.
    public func setChannel(_ channel: String, enabled: Bool) {
        state.withLock { $0.twilio.setChannel(channel, enabled: enabled, service: configuration.serviceSID) }
    }

    /// Lets time pass at once.
    public func advanceClock(by duration: Duration) {
        state.withLock { $0.clockOffset += duration }
    }

    /// Forgets verifications, messages, entities with all they have, faults, counters and services made since the start.
    public func reset() {
        let wall = clocks.wall()
        state.withLock { $0.reset(now: wall + $0.clockOffset) }
    }

    /// The simulator's time.
    var now: Timestamp { clocks.wall() + state.withLock { $0.clockOffset } }

    /// Answers a request to `/v2`.
    func api(_ request: APIRequest) -> APIResponse {
        let wall = clocks.wall()
        return state.withLock { $0.twilio.respond(to: request, now: wall + $0.clockOffset) }
    }

    /// Does what a request to `/v2` asks for, unless this simulator is gone by then; nobody hears how that ended.
    ///
    /// Apart from the request's own task: its client goes on, or hangs up, meanwhile.
    func carryOut(_ request: APIRequest, after pause: Duration) {
        Task { [weak self] in
            try await Task.sleep(for: pause)
            _ = self?.api(request)
        }
    }

    /// Answers what is for people, and for tests that order something.
    func page(_ request: APIRequest) -> WireAnswer {
        let wall = clocks.wall()
        return state.withLock { $0.page(request, now: wall + $0.clockOffset) }
    }

    /// Counts a request and says whether it shall go wrong.
    func arrived(_ operation: SimulatorOperation) -> SimulatorFault? {
        let roll = Int.random(in: 0..<100)
        return state.withLock { state in
            state.requests[operation, default: 0] += 1
            return state.faults.draw(operation, roll: roll)
        }
    }
}
