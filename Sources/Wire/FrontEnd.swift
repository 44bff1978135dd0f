/// A program that publishes jobs under a broker user of its own.
public struct FrontEnd: Sendable, Hashable {
    /// Which of the site's programs it may speak for.
    public enum Scope: String, Sendable, CaseIterable {
        case web, windows, any

        /// Whether it may work for the application.
        public func covers(_ application: Application) -> Bool {
            self == .any || rawValue == application.rawValue
        }
    }

    /// The broker user: `[A-Za-z0-9_-]+`, since it is part of queue names and of patterns of rights.
    public var name: String
    /// For which applications it may work.
    public var scope: Scope
    /// Whether it may send administrators' jobs.
    public var isAdmin: Bool

    package init(name: String, scope: Scope, isAdmin: Bool = false) {
        self.name = name
        self.scope = scope
        self.isAdmin = isAdmin
    }

    /// Whether a front end may have that name.
    public static func isValid(name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { FieldReader.isAlphanumeric($0) || $0 == 0x5F || $0 == 0x2D }
    }
}
