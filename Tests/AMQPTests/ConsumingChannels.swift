import TestKit
import Testing

/// The broker's own processes that serve the channels consuming a queue: suspended, they hear of nothing.
struct ConsumingChannels {
    private let queue: String
    private let virtualHost: String

    init(of queue: String, in virtualHost: String) {
        self.queue = queue
        self.virtualHost = virtualHost
    }

    private var key: String { #"{suspended, <<"\#(virtualHost)">>, <<"\#(queue)">>}"# }

    func suspend() async throws {
        try await run(
            """
            {ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"\(virtualHost)">>, queue, <<"\(queue)">>)),
            Pids = [element(1, C) || C <- rabbit_amqqueue:consumers(Q)],
            [sys:suspend(P) || P <- Pids], persistent_term:put(\(key), Pids), {done, length(Pids)}.
            """)
    }

    func resume() async throws {
        try await run("Pids = persistent_term:get(\(key)), [sys:resume(P) || P <- Pids], {done, length(Pids)}.")
    }

    private func run(_ erlang: String) async throws {
        let said = try await PrivateBroker.shared().ctl(["eval", erlang])
        try #require(said.contains("{done,1}"), "\(said)")
    }
}
