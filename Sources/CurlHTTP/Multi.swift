import Basics
import CCurl
import Logging
import PollExecutor
import Synchronization

/// Drives all transfers on one thread.
actor Multi {
    private nonisolated let executor: PollExecutor
    private nonisolated let handle: MultiHandle
    private let configuration: CurlConfiguration
    private let logger: Logger
    /// By easy handle, which is what libcurl names in its messages.
    private var transfers: [UnsafeMutableRawPointer: Transfer] = [:]
    private var handles = EasyHandlePool()
    private nonisolated let lastTicket = Atomic<UInt64>(0)
    private var heard = HeardTimes()

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(configuration: CurlConfiguration, logger: Logger) {
        handle = MultiHandle(configuration: configuration)
        executor = PollExecutor(name: "curl", poller: handle)
        self.configuration = configuration
        self.logger = logger
    }

    deinit {
        executor.stop()
    }

    /// Once, before anything else.
    nonisolated func start() {
        executor.start { [weak self] in
            self?.assumeIsolated { $0.advance() }
            // curl_multi_poll knows libcurl's own deadlines.
            return nil
        }
    }

    /// A number to cancel by.
    nonisolated func ticket() -> UInt64 {
        lastTicket.add(1, ordering: .relaxed).newValue
    }

    /// - Parameter proxy: Empty for none.
    func run(
        _ request: HTTPRequest, proxy: String, ticket: UInt64, gate: @escaping @Sendable () -> Bool
    ) async -> Transfer.Answer {
        await withCheckedContinuation { continuation in
            // Decided in here: on a custom executor other jobs may run before this body does.
            guard !Task.isCancelled else {
                return continuation.resume(returning: .failure(CurlError(reach: .surelyNotSent, kind: .cancelled)))
            }
            begin(request, proxy: proxy, ticket: ticket, gate: gate, continuation)
        }
    }

    /// Takes the transfer out, if it is still under way.
    func cancel(_ ticket: UInt64) {
        guard let transfer = transfers.values.first(where: { $0.ticket == ticket }) else { return }
        remove(transfer)
        transfer.fail(.cancelled)
    }

    private func begin(
        _ request: HTTPRequest, proxy: String, ticket: UInt64, gate: @escaping @Sendable () -> Bool,
        _ continuation: CheckedContinuation<Transfer.Answer, Never>
    ) {
        do throws(CurlError) {
            guard let easy = handles.take(configuration) else { throw CurlError.unusable }
            let transfer = try Transfer(
                request, easy, proxy: proxy, ticket: ticket, configuration: configuration, gate: gate,
                continuation: continuation)
            guard let multi = handle.pointer, curl_multi_add_handle(multi, transfer.easy) == CURLM_OK else {
                return transfer.fail(.other)
            }
            transfers[transfer.easy] = transfer
        } catch {
            continuation.resume(returning: .failure(error))
        }
    }

    /// Lets libcurl read and write until it would block, then hands out what has ended.
    private func advance() {
        guard let multi = handle.pointer else { return }
        var running: Int32 = 0
        let code = curl_multi_perform(multi, &running)
        if code != CURLM_OK { logger.debug("libcurl failed", metadata: ["curl.multi.code": "\(code.rawValue)"]) }
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                let transfer = transfers[easy]
            else { continue }
            // Read first: the message is gone once the handle is removed.
            let code = ccurl_result(message)
            note(transfer)
            if code == CURLE_OPERATION_TIMEDOUT { hangUpIfSilent(transfer) }
            remove(transfer)
            if code != CURLE_OK { logger.debug("transfer failed", metadata: ["curl.code": "\(code.rawValue)"]) }
            transfer.finish(code)
            // What went wrong may have left something behind.
            if code == CURLE_OK { handles.giveBack(transfer.handle) }
        }
    }

    private func note(_ transfer: Transfer) {
        guard let port = transfer.port, let time = transfer.heardAt else { return }
        heard.note(port, time, oldest: transfers.values.lazy.map(\.began).min() ?? time)
    }

    /// libcurl keeps a connection of HTTP/2 on which a call timed out, though a firewall may have dropped it.
    private func hangUpIfSilent(_ transfer: Transfer) {
        guard let port = transfer.port, MonotonicTime.now() - transfer.began >= configuration.longestSilence else {
            return
        }
        let others = transfers.values.lazy.filter { $0.port == port }.compactMap(\.heardAt)
        let last = others.reduce(heard.last(port)) { max($0 ?? $1, $1) }
        guard last.map({ $0 < transfer.began }) ?? true else { return }
        logger.debug("a connection is silent")
        transfer.hangUp()
    }

    private func remove(_ transfer: Transfer) {
        if let multi = handle.pointer { curl_multi_remove_handle(multi, transfer.easy) }
        transfers[transfer.easy] = nil
    }
}
