/// Something that goes wrong on demand.
struct Fault: Sendable {
    enum Kind: String, Sendable {
        case serverError = "500", unavailable = "503", tooMany = "429"
        case garbage
        /// Performs the effect, then ends the connection without the answer.
        case closeAfter = "close-after"
        /// Ends the connection without effect or answer.
        case closeBefore = "close-before"
        /// Waits a minute, without effect.
        case hang
    }

    enum Operation: String, Sendable { case start, check, fetch, attempts, any }

    var kind: Kind
    var operation: Operation
    /// 1 to 100.
    var percent: Int
    /// How often still; `nil` is always.
    var count: Int?

    func concerns(_ other: Operation) -> Bool { operation == .any || operation == other }
}
