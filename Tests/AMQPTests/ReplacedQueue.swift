import TestKit
import Testing

/// Deletes a quorum queue and declares it anew while the broker's own processes of the channels that consume it are
/// suspended: they hear of the end when there is another one of that name.
///
/// Within the broker, so that nothing of it waits for this machine.
func replaceQueue(_ queue: String, in virtualHost: String) async throws {
    let said = try await PrivateBroker.shared().ctl([
        "eval",
        """
        Name = rabbit_misc:r(<<"\(virtualHost)">>, queue, <<"\(queue)">>),
        {ok, Q} = rabbit_amqqueue:lookup(Name),
        Pids = [element(1, C) || C <- rabbit_amqqueue:consumers(Q)],
        [catch sys:suspend(P) || P <- Pids],
        {ok, _} = rabbit_amqqueue:delete(Q, false, false, <<"test">>),
        {new, _} = rabbit_amqqueue:declare(Name, true, false, [{<<"x-queue-type">>, longstr, <<"quorum">>}], none,
            <<"test">>),
        [catch sys:resume(P) || P <- Pids],
        {replaced, length(Pids)}.
        """,
    ])
    try #require(said.contains("{replaced,"), "\(said)")
}
