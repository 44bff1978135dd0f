import Basics
import TestKit
import Testing
import Wire

/// A broker that allows a worker's user fewer channels or connections than a worker needs.
@Suite("Contract 7: a broker that allows too little", .timeLimit(.minutes(10))) struct BrokerLimitTests {
    /// A limit as `rabbitmqctl set_user_limits` takes it, and how it is told.
    ///
    /// As low as can be: the broker counts behind what it allows, so that connections made at once may pass a limit
    /// that they reach together.
    enum Limit: String, CaseIterable, Sendable {
        case channels, connections

        var json: String {
            switch self {
            case .channels: #"{"max-channels":0}"#
            case .connections: #"{"max-connections":0}"#
            }
        }

        var words: String {
            switch self {
            case .channels: "the broker's limit of channels of this user, 0, is reached (530)"
            case .connections: "the broker's limit of connections, 0, is reached (530)"
            }
        }

        var brokersWords: String {
            switch self {
            case .channels: "maximum allowed user limit of (0)"
            case .connections: "user connection limit (0) is reached"
            }
        }
    }

    @Test(
        "a start that cannot come to consume ends with 69 after --wait, and says what the broker allows",
        arguments: Limit.allCases)
    func start(limit: Limit) async throws {
        let stage = try await Stage()
        let user = BrokerUser("worker", "")
        try await stage.add([user])
        _ = try await PrivateBroker.shared().ctl(["set_user_limits", user.name, limit.json])
        let worker = try stage.worker(
            more: ["VERIFY_COURIER_BROKER_URL": stage.url(of: user)], arguments: ["--wait", "3"])
        #expect(await worker.waitUntilEnd() == 69)
        let last = worker.output.split(separator: "\n").last { $0.hasPrefix("verify-courier: ") } ?? ""
        #expect(last.contains(limit.brokersWords), "\(worker.output)")
        #expect(!worker.output.contains(user.password))
    }

    @Test(
        "on a worker that runs it is said in the log and at /ready, and is tried again until it is over",
        arguments: Limit.allCases)
    func later(limit: Limit) async throws {
        let scene = try await BrokerTrouble()
        let began = MonotonicTime.now()
        try await scene.ctl("set_user_limits", scene.user.name, limit.json)
        try await scene.hangUp()
        try await scene.worker.waitUntilReady(false, saying: limit.words)
        try await scene.worker.process.waitForOutput(limit.brokersWords)
        try await scene.ctl("clear_user_limits", scene.user.name, "all")
        try await scene.worker.waitUntilReady()
        let message = scene.registration(1)
        try await scene.publish(message)
        try await scene.expectDone([message])
        // No hurry: three connections, each some ten times in the first minute, after pauses of up to 0.25, 0.5, 1 … 30 s,
        // and every quarter of a minute then, in the mean.
        let minutes = scene.minutes(since: began)
        #expect(scene.worker.process.output.ranges(of: "connection lost").count <= 45 + 24 * minutes)
    }
}
