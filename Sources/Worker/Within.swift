import Basics

/// Runs `body` for that time at most, or until the task is cancelled.
///
/// What does not heed its cancellation is left alone, and not waited for.
///
/// - Returns: Whether it has ended by itself.
package func within(_ time: Duration, _ body: @escaping @Sendable () async -> Void) async -> Bool {
    let hasEnded = Watched<Bool?>(nil)
    let running = Task {
        await body()
        hasEnded.update { $0 = $0 ?? true }
    }
    let timer = Task {
        try await Task.sleep(for: time)
        hasEnded.update { $0 = $0 ?? false }
    }
    await hasEnded.wait { $0 != nil }
    timer.cancel()
    running.cancel()
    return hasEnded.value ?? false
}

/// What `body` makes, if it does so in that time; likewise.
package func value<Value: Sendable>(
    within time: Duration, _ body: @escaping @Sendable () async -> Value
) async -> Value? {
    let made = Watched<Value?>(nil)
    _ = await within(time) {
        let value = await body()
        made.set(value)
    }
    return made.value
}
