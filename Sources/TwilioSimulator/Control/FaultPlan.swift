/// The faults ordered, at most one per operation.
struct FaultPlan: Sendable {
    private(set) var faults: [SimulatorOperation: SimulatorFault] = [:]

    /// Orders a fault in place of an earlier one; `nil` ends it.
    mutating func set(_ fault: SimulatorFault?, on operation: SimulatorOperation) {
        faults[operation] = fault
    }

    /// Ends all of them.
    mutating func clear() {
        faults = [:]
    }

    /// The fault that hits a request: its operation's own, else the one for all.
    ///
    /// `roll` is a random number from 0 to 99.
    mutating func draw(_ operation: SimulatorOperation, roll: Int) -> SimulatorFault? {
        let key = faults[operation] == nil ? SimulatorOperation.any : operation
        guard var fault = faults[key], roll < fault.percent else { return nil }
        let drawn = fault
        if let count = fault.count {
            fault.count = count - 1
            faults[key] = count > 1 ? fault : nil
        }
        return drawn
    }
}
