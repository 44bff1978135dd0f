/// Why the store cannot be used. Nothing was written; while it lasts, nothing may be answered.
public struct StoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of trouble.
    public struct Code: Sendable, Equatable, CustomStringConvertible {
        private enum Value: String {
            case missing, exists, wrongKey, wrongSchema, full, readOnly, busy, corrupt, failed, closed, stopping
        }
        private let value: Value
        public var description: String { value.rawValue }

        /// There is no store at that place.
        public static let missing = Code(value: .missing)
        /// There is one already.
        public static let exists = Code(value: .exists)
        /// The key file is missing, unreadable or of another store.
        public static let wrongKey = Code(value: .wrongKey)
        /// Made by another version of the program.
        public static let wrongSchema = Code(value: .wrongSchema)
        public static let full = Code(value: .full)
        public static let readOnly = Code(value: .readOnly)
        public static let busy = Code(value: .busy)
        public static let corrupt = Code(value: .corrupt)
        public static let failed = Code(value: .failed)
        /// The task that would use it was cancelled.
        public static let stopping = Code(value: .stopping)
        /// It was closed by this process.
        public static let closed = Code(value: .closed)

        /// Whether it may pass by itself, or by what an operator does to disk and file while the program waits.
        public var mayPass: Bool { [.full, .readOnly, .busy, .failed].contains(self) }
    }

    public var code: Code
    /// What happened and what to do, for an operator; holds no value of any row.
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
