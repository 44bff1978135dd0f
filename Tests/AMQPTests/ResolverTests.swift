import Basics
import Dispatch
import TestKit
import Testing

@testable import AMQP

@Suite("Host names", .timeLimit(.minutes(10))) struct ResolverTests {
    @Test("an address in numbers needs no name service", arguments: ["127.0.0.1", "::1"])
    func numeric(host: String) async throws {
        let resolver = Resolver { _ in
            Issue.record("the name service was asked")
            return .success([])
        }
        #expect(try await resolver.addresses(of: host) == [host])
    }

    @Test("a name has the system's addresses")
    func system() async throws {
        let addresses = try await Resolver().addresses(of: "localhost")
        #expect(addresses.contains("127.0.0.1") || addresses.contains("::1"))
    }

    @Test("a name that does not exist is named in the error")
    func unknown() async {
        let error = await #expect(throws: AMQPError.self) {
            try await Resolver().addresses(of: "broker.invalid")
        }
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains("broker.invalid") == true)
    }

    @Test("a name service that does not answer holds nobody up, and is asked once, however many wait")
    func silent() async {
        let asked = Locked(0)
        let release = DispatchSemaphore(value: 0)
        let resolver = Resolver(patience: .milliseconds(20)) { _ in
            asked.withLock { $0 += 1 }
            _ = release.wait(timeout: .now() + 300)
            return .success(["192.0.2.1"])
        }
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    let error = await #expect(throws: AMQPError.self) {
                        try await resolver.addresses(of: "slow.example")
                    }
                    #expect(error?.code == .unreachable)
                }
            }
        }
        #expect(asked.withLock { $0 } == 1)
        release.signal()
    }

    @Test("an answer goes to all who wait")
    func shared() async throws {
        let release = DispatchSemaphore(value: 0)
        let asked = Watched(false)
        let resolver = Resolver(patience: .seconds(240)) { _ in
            asked.set(true)
            _ = release.wait(timeout: .now() + 300)
            return .success(["192.0.2.1", "192.0.2.2"])
        }
        async let first = resolver.addresses(of: "slow.example")
        async let second = resolver.addresses(of: "slow.example")
        try await Wait.bounded("the name service to be asked") { await asked.wait { $0 } }
        release.signal()
        release.signal()
        let (one, two) = try await (first, second)
        #expect(one == ["192.0.2.1", "192.0.2.2"])
        #expect(two == one)
    }

    @Test("a cancelled task does not wait for the name service", arguments: [false, true])
    func cancelled(beforeAsking: Bool) async throws {
        let release = DispatchSemaphore(value: 0)
        let asked = Watched(false)
        let resolver = Resolver(patience: .seconds(240)) { _ in
            asked.set(true)
            _ = release.wait(timeout: .now() + 300)
            return .success([])
        }
        let task = Task {
            if beforeAsking { withUnsafeCurrentTask { $0?.cancel() } }
            return try? await resolver.addresses(of: "slow.example")
        }
        try await Wait.bounded("the name service to be asked") { await asked.wait { $0 } }
        task.cancel()
        #expect(await task.value == nil)
        release.signal()
    }

    @Test("addresses are tried in turn until one works")
    func turns() async throws {
        let resolver = Resolver { _ in .success(["192.0.2.1", "192.0.2.2", "192.0.2.3"]) }
        let tried = Locked<[String]>([])
        try await resolver.withAddresses(of: "broker.example") { address throws(AMQPError) in
            tried.withLock { $0.append(address) }
            if address != "192.0.2.2" { throw AMQPError(.unreachable, address) }
        }
        #expect(tried.withLock { $0 } == ["192.0.2.1", "192.0.2.2"])
    }

    @Test("one that refuses us is the last; else the last failure is told")
    func failures() async {
        let resolver = Resolver { _ in .success(["192.0.2.1", "192.0.2.2"]) }
        for (code, last) in [(AMQPError.Code.authentication, "192.0.2.1"), (.unreachable, "192.0.2.2")] {
            let error = await #expect(throws: AMQPError.self) {
                try await resolver.withAddresses(of: "broker.example") { address throws(AMQPError) in
                    throw AMQPError(code, address)
                }
            }
            #expect(error == AMQPError(code, last))
        }
    }
}
