import Web

/// A fault as it is ordered by a form.
struct FaultOrder: Sendable, Equatable {
    var operation: SimulatorOperation
    /// `nil` ends the one that there is.
    var fault: SimulatorFault?

    /// - Throws: A sentence that names what is wrong.
    init(_ form: FormFields) throws(ControlProblem) {
        guard let operation = SimulatorOperation(rawValue: form["operation"] ?? "any") else {
            throw ControlProblem("operation is one of \(Self.list(SimulatorOperation.allCases.map(\.rawValue)))")
        }
        self.operation = operation
        if form["kind"] == "none" { return }
        guard let kind = SimulatorFault.Kind(rawValue: form["kind"] ?? "") else {
            throw ControlProblem("kind is none or one of \(Self.list(SimulatorFault.Kind.allCases.map(\.rawValue)))")
        }
        var fault = SimulatorFault(kind)
        fault.percent = try Self.number(form, "percent", 1...100) ?? 100
        fault.count = try Self.number(form, "count", 1...1_000_000)
        fault.delay = try Self.number(form, "ms", 0...3_600_000).map { .milliseconds($0) }
        fault.bytes = try Self.number(form, "bytes", 0...100_000_000) ?? fault.bytes
        fault.code = try Self.code(form, kind)
        if let text = form["retry_after"] { fault.retryAfter = try Self.retryAfter(text) }
        if let text = form["body"] {
            guard let format = SimulatorFault.Format(rawValue: text) else {
                throw ControlProblem("body is one of \(Self.list(SimulatorFault.Format.allCases.map(\.rawValue)))")
            }
            fault.format = format
        }
        fault.performance = try Self.performance(form, kind)
        self.fault = fault
    }

    private static func number(
        _ form: FormFields, _ name: String, _ range: ClosedRange<Int>
    ) throws(ControlProblem) -> Int? {
        try form.number(name, range, or: ControlProblem.outside(name, range))
    }

    /// Twilio's code of a kind that needs one.
    private static func code(_ form: FormFields, _ kind: SimulatorFault.Kind) throws(ControlProblem) -> Int? {
        let code = form["code"].flatMap { Int($0) }
        let isKnown = code.flatMap(ScriptedErrors.refusal) != nil
        guard kind == .error ? isKnown : form["code"] == nil else {
            throw ControlProblem("code goes with error, and is one of the errors that the page lists")
        }
        return code
    }

    /// Goes into a header as it is.
    private static func retryAfter(_ text: String) throws(ControlProblem) -> String? {
        if text == "none" { return nil }
        guard text.utf8.count <= 100, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw ControlProblem("retry_after is none, or up to 100 printable characters")
        }
        return text
    }

    private static func performance(
        _ form: FormFields, _ kind: SimulatorFault.Kind
    ) throws(ControlProblem) -> SimulatorFault.Performance {
        guard let performance = SimulatorFault.Performance(rawValue: form["performed"] ?? "false") else {
            throw ControlProblem("performed is one of \(list(SimulatorFault.Performance.allCases.map(\.rawValue)))")
        }
        guard performance == .never || kind.canBePerformed else {
            throw ControlProblem("performed=\(performance.rawValue) goes with 500, 502, 503 and 504 only")
        }
        return performance
    }

    private static func list(_ words: [String]) -> String { words.joined(separator: ", ") }
}

/// What a control cannot do, in a sentence for whoever asked.
struct ControlProblem: Error, Equatable {
    var status = 400
    var text: String

    init(_ text: String) {
        self.text = text
    }

    static func outside(_ name: String, _ range: ClosedRange<Int>) -> ControlProblem {
        ControlProblem("\(name) is a whole number from \(range.lowerBound) to \(range.upperBound)")
    }

    static let unknownService = missing("There is no such service")
    static let unknownAccount = missing("There is no such account")

    private static func missing(_ text: String) -> ControlProblem {
        var problem = ControlProblem(text)
        problem.status = 404
        return problem
    }
}
