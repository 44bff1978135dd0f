/// Answered from the store alone.
extension JobDefinition {
    /// Which ways to confirm a sign-in a person has, and whether one is needed.
    static let options = login(.account, onlyReads: true) { _ in .options }

    /// The recorded reply of another job of the same front end and user.
    static let outcome = login(.account, onlyReads: true, ["job"]) {
        $0.messageID("job", isRequired: true).map { .outcome(job: $0) }
    }
}
