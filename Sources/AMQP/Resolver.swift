import Basics
import Dispatch
import Glibc

/// Host names to addresses.
///
/// `getaddrinfo` has no time-out of its own, so it runs where nobody waits for it: on a thread of its own per name,
/// however many ask, and the asking ends after `patience`.
final class Resolver: Sendable {
    typealias Waiter = CheckedContinuation<Result<[String], AMQPError>, Never>

    static let shared = Resolver()

    private struct State {
        /// A name is in here while it is looked up.
        var waiting: [String: [UInt64: Waiter]] = [:]
        var next: UInt64 = 0
    }

    private let state = Locked(State())
    private let patience: Duration
    private let look: @Sendable (String) -> Result<[String], AMQPError>

    init(
        patience: Duration = .seconds(5), look: @escaping @Sendable (String) -> Result<[String], AMQPError> = lookUp
    ) {
        self.patience = patience
        self.look = look
    }

    /// The numeric addresses of a host, the best first; at least one.
    ///
    /// - Throws: `unreachable`, when there is no such name or nobody answers in time; `closed` when the task is cancelled.
    func addresses(of host: String) async throws(AMQPError) -> [String] {
        if Self.isNumeric(host) { return [host] }
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        let patience = patience
        let timer = Task {
            try await Task.sleep(for: patience)
            end(
                host, id,
                .failure(AMQPError(.unreachable, "cannot find \(host): the name service does not answer")))
        }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                begin(host, id, waiter)
                // Cancelled before it began to wait.
                if Task.isCancelled { end(host, id, Self.cancelled) }
            }
        } onCancel: {
            end(host, id, Self.cancelled)
        }.get()
    }

    private static let cancelled = Result<[String], AMQPError>.failure(AMQPError(.closed, "cancelled"))

    private func begin(_ host: String, _ id: UInt64, _ waiter: Waiter) {
        let isFirst = state.withLock { state in
            let isFirst = state.waiting[host] == nil
            state.waiting[host, default: [:]][id] = waiter
            return isFirst
        }
        guard isFirst else { return }
        DispatchQueue.global().async { [self] in
            let result = look(host)
            let waiters = state.withLock { $0.waiting.removeValue(forKey: host) }
            for waiter in (waiters ?? [:]).values { waiter.resume(returning: result) }
        }
    }

    private func end(_ host: String, _ id: UInt64, _ result: Result<[String], AMQPError>) {
        let waiter = state.withLock { $0.waiting[host]?.removeValue(forKey: id) }
        waiter?.resume(returning: result)
    }

    // MARK: The system's resolver

    private static func isNumeric(_ host: String) -> Bool {
        if case .success = ask(host, flags: AI_NUMERICHOST) { return true }
        return false
    }

    static func lookUp(_ host: String) -> Result<[String], AMQPError> { ask(host, flags: 0) }

    private static func ask(_ host: String, flags: Int32) -> Result<[String], AMQPError> {
        var hints = addrinfo()
        hints.ai_flags = flags
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        var addresses: [String] = []
        var next = status == 0 ? list : nil
        while let entry = next {
            if let address = text(entry.pointee), !addresses.contains(address) { addresses.append(address) }
            next = entry.pointee.ai_next
        }
        guard addresses.isEmpty else { return .success(addresses) }
        let reason = status == 0 ? "it has no address" : String(cString: gai_strerror(status))
        return .failure(AMQPError(.unreachable, "cannot find \(host): \(reason)"))
    }

    private static func text(_ entry: addrinfo) -> String? {
        var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let status = getnameinfo(
            entry.ai_addr, entry.ai_addrlen, &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST)
        guard status == 0 else { return nil }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
