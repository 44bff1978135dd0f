import Basics
import Store
import Wire

/// What decides one kind of job: pure, run in the store's transaction.
protocol JobRules: Sendable {
    /// What the decision looks at beside the person and their code.
    var wanted: Wanted { get }
    func decide(_ situation: Situation) -> Decision
}
