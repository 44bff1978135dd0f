/// A value that must not reach a log, an error text or a debugger's print by accident: codes, secrets, tokens.
///
/// Whoever needs it says so by name: `secret.revealed`.
public struct Redacted<Value: Sendable>: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The value itself.
    ///
    /// Every use is a place to look at in a review.
    public let revealed: Value

    /// Hides a value from whatever prints or reflects.
    public init(_ value: Value) {
        revealed = value
    }

    /// Three dots, whatever the value is.
    public var description: String { "•••" }
    /// Three dots, whatever the value is.
    public var debugDescription: String { "•••" }
    /// Three dots, whatever the value is.
    public var customMirror: Mirror { Mirror(reflecting: "•••") }
}

extension Redacted: Equatable where Value: Equatable {}
extension Redacted: Hashable where Value: Hashable {}
