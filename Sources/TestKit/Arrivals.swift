import Basics

/// Things that come in from elsewhere, kept; tests wait for the one they mean.
package final class Arrivals<Element: Sendable>: Sendable {
    private let arrived = Watched<[Element]>([])

    package init() {}

    package var all: [Element] { arrived.value }

    package func add(_ element: Element) {
        arrived.update { $0.append(element) }
    }

    /// The first that is wanted, of those that came and those to come.
    ///
    /// - Parameters:
    ///   - what: what is wanted, as in "timed out while waiting for …".
    ///   - wants: a pure function.
    /// - Throws: ``WaitFailure``.
    package func first(
        _ what: String = "an arrival", timeout: Duration = Wait.timeout,
        where wants: @escaping @Sendable (Element) -> Bool
    ) async throws -> Element {
        try await Wait.bounded(what, timeout: timeout) { [arrived] in
            await arrived.wait { $0.contains(where: wants) }
            guard let element = arrived.value.first(where: wants) else {
                throw WaitFailure(description: "cancelled while waiting for \(what)")
            }
            return element
        }
    }
}
