package import AMQP

extension Publisher {
    /// Returns once a message can be published.
    package func becomesUsable() async throws {
        try await Wait.bounded("a connection to publish on") { await self.waitUntilUsable() }
    }

    /// Returns once the status is as wanted.
    package func becomes(_ what: String, _ fits: @escaping @Sendable (BrokerStatus) -> Bool) async throws {
        try await Wait.bounded("a publisher that is \(what)") { await self.waitForStatus(fits) }
    }
}

extension Consumer {
    /// Returns once every lane is consumed.
    package func becomesConsuming() async throws {
        try await Wait.bounded("every lane to be consumed") { await self.waitUntilConsuming() }
    }

    /// Returns once the status is as wanted.
    package func becomes(_ what: String, _ fits: @escaping @Sendable (BrokerStatus) -> Bool) async throws {
        try await Wait.bounded("a consumer that is \(what)") { await self.waitForStatus(fits) }
    }

    /// The next delivery that is wanted; those before it are passed over.
    package func delivery(where wants: @escaping @Sendable (Delivery) -> Bool = { _ in true }) async throws -> Delivery
    {
        let found = try await Wait.bounded("a delivery") { [deliveries] in await deliveries.first(where: wants) }
        guard let found else { throw WaitFailure(description: "the deliveries ended while one was waited for") }
        return found
    }
}
