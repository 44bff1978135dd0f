import Basics

/// A wait that ended without what it was for.
package struct WaitFailure: Error, CustomStringConvertible {
    package let description: String
}

/// How tests wait: for a state, never for a time.
///
/// Every wait ends, by its time-out or with its task, and says then what it was for.
package enum Wait {
    /// Far beyond what anything takes here, for other programs may keep the machine busy; below the limit of a whole test.
    package static let timeout = Duration.seconds(240)

    /// Returns once `isMet`.
    ///
    /// - Parameters:
    ///   - what: what is waited for, as in "timed out while waiting for …"; evaluated when it has not come.
    ///   - pause: between two looks.
    /// - Throws: ``WaitFailure``, or what `isMet` throws.
    package static func until(
        _ what: @autoclosure () -> String, timeout: Duration = timeout, pause: Duration = .milliseconds(10),
        _ isMet: () async throws -> Bool
    ) async throws {
        let end = MonotonicTime.now() + timeout
        while try await !isMet() {
            guard !Task.isCancelled else { throw cancelled(what()) }
            guard MonotonicTime.now() < end else { throw timedOut(what(), timeout) }
            // Cancelled, it ends above.
            try? await Task.sleep(for: pause)
        }
    }

    /// What `body` returns.
    ///
    /// It is not waited for beyond the time-out or this task's cancellation, even if it goes on then.
    ///
    /// - Parameter what: what is waited for, as in "timed out while waiting for …".
    /// - Throws: ``WaitFailure``, or what `body` throws.
    package static func bounded<Value: Sendable>(
        _ what: String, timeout: Duration = timeout, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let ended = Watched<Result<Value, any Error>?>(nil)
        let work = Task {
            let result: Result<Value, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            ended.update { $0 = $0 ?? result }
        }
        let timer = Task {
            try await Task.sleep(for: timeout)
            ended.update { $0 = $0 ?? .failure(timedOut(what, timeout)) }
        }
        defer {
            work.cancel()
            timer.cancel()
        }
        await ended.wait { $0 != nil }
        guard let result = ended.value else { throw cancelled(what) }
        return try result.get()
    }

    private static func cancelled(_ what: String) -> WaitFailure {
        WaitFailure(description: "cancelled while waiting for \(what)")
    }

    private static func timedOut(_ what: String, _ timeout: Duration) -> WaitFailure {
        WaitFailure(description: "timed out after \(timeout) while waiting for \(what)")
    }
}
