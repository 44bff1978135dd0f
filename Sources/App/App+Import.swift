import VerifyClient
import Wire

extension App {
    /// How many jobs of an import are under way at once; the administrators' lane is a small one.
    private static let importsAtOnce = 4

    /// Sends one `admin.user.set` per entry.
    ///
    /// - Parameter told: hears how many have been answered.
    /// - Returns: the lines that were refused, by the workers or here, in order.
    public func importUsers(
        _ file: UserImport, told: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> [UserImport.Refusal] {
        let refused = try await withClient { client in
            try await withThrowingTaskGroup(of: UserImport.Refusal?.self) { group in
                var refused: [UserImport.Refusal] = []
                var answered = 0
                func note(_ refusal: UserImport.Refusal?) {
                    if let refusal { refused.append(refusal) }
                    answered += 1
                    told(answered)
                }
                for (index, entry) in file.entries.enumerated() {
                    if index >= Self.importsAtOnce, let refusal = try await group.next() { note(refusal) }
                    group.addTask { try await Self.send(entry, by: file.administrator, client) }
                }
                for try await refusal in group { note(refusal) }
                return refused
            }
        }
        return (refused + file.refusals).sorted { $0.line < $1.line }
    }

    private static func send(
        _ entry: UserImport.Entry, by administrator: String, _ client: LoginClient
    ) async throws -> UserImport.Refusal? {
        let reply = try await client.administer(.adminUserSet, by: administrator, entry.body)
        guard reply.outcome != .done else { return nil }
        let why = [reply.outcome.rawValue, reply.reason?.rawValue].compactMap(\.self).joined(separator: " / ")
        let errors = (reply.errors ?? []).map { " \($0.field): \($0.reason)" }.joined()
        return UserImport.Refusal(line: entry.line, why: why + errors)
    }
}
