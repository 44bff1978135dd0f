import Basics
import Store
import TwilioVerify
import Wire

/// Makes the one call of an intent, and sees it to its recorded outcome.
final class Caller: Sendable {
    let store: any LoginStore
    let twilio: TwilioClient
    let reconciler: Reconciler
    let budget: CallBudget
    let circuits: CircuitBreakers
    let settings: PipelineSettings
    let clocks: Clocks
    let observer: (any CallObserver)?

    init(
        store: any LoginStore, twilio: TwilioClient, reconciler: Reconciler, budget: CallBudget,
        circuits: CircuitBreakers,
        settings: PipelineSettings, clocks: Clocks, observer: (any CallObserver)?
    ) {
        self.store = store
        self.twilio = twilio
        self.reconciler = reconciler
        self.budget = budget
        self.circuits = circuits
        self.settings = settings
        self.clocks = clocks
        self.observer = observer
    }

    /// What is done about a call's result.
    enum Ending {
        /// It is over: this is its outcome, by what it wants to know.
        case conclude(Wanted, @Sendable (Situation) -> Answer)
        /// What it did has to be found out.
        case lost(isOver: Bool)
        /// Twilio knows nothing of what it was about.
        case missing(CallFailure)
    }
}

extension Answer {
    /// With what Twilio said, for the record.
    func because(_ failure: CallFailure) -> Answer {
        var answer = self
        answer.providerCode = failure.code ?? failure.httpStatus
        return answer
    }
}
