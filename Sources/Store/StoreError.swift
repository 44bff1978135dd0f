/// A row of the store that this version cannot read: damaged, or written by a newer version.
///
/// Holds nothing of the row beside what finds it.
public struct UnreadableRecord: Sendable, Hashable {
    /// The table that it is in.
    public var table: String
    /// The row's key in text, its parts separated by slashes; a hash in hexadecimal digits.
    public var key: String

    package init(table: String, key: String) {
        self.table = table
        self.key = key
    }
}

/// Why the store cannot be used, or, with a ``record``, why one row of it cannot.
///
/// Nothing was written. While the store cannot be used, nothing may be answered, and it is tried again. A record that
/// cannot be read stays so: whoever needs it is told, and nobody else is held up.
public struct StoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of trouble.
    public struct Code: Sendable, Equatable, CustomStringConvertible {
        private enum Value: String, CaseIterable {
            case missing, exists, wrongKey, wrongSchema, full, readOnly, busy, corrupt, failed, closed, stopping,
                unreadable

            var label: String {
                switch self {
                case .readOnly: "readonly"
                case .failed: "error"
                case .wrongKey: "wrong_key"
                case .wrongSchema: "wrong_schema"
                case .missing, .exists, .full, .busy, .corrupt, .closed, .stopping, .unreadable: rawValue
                }
            }
        }
        private let value: Value
        /// The kind's name, as it is logged: `wrongKey`, `full`.
        public var description: String { value.rawValue }

        /// As a metric's label, in the words of every store.
        package var label: String { value.label }
        /// Every label that there is.
        package static var labels: [String] { Value.allCases.map(\.label) }

        /// There is no store at that place.
        public static let missing = Code(value: .missing)
        /// There is one already.
        public static let exists = Code(value: .exists)
        /// The key file is missing, unreadable or of another store.
        public static let wrongKey = Code(value: .wrongKey)
        /// Made by another version of the program.
        public static let wrongSchema = Code(value: .wrongSchema)
        /// The disk, or what the store may take of it, is full.
        public static let full = Code(value: .full)
        /// The store's files cannot be written.
        public static let readOnly = Code(value: .readOnly)
        /// Somebody else has held the store for too long.
        public static let busy = Code(value: .busy)
        /// What is on disk is no store any more.
        public static let corrupt = Code(value: .corrupt)
        /// Anything else that the database refused.
        public static let failed = Code(value: .failed)
        /// The task that would use it was cancelled.
        public static let stopping = Code(value: .stopping)
        /// It was closed by this process.
        public static let closed = Code(value: .closed)
        /// The store can be used, but not this ``StoreError/record``.
        public static let unreadable = Code(value: .unreadable)

        /// Whether it may pass by itself, or by what an operator does to disk and file while the program waits.
        public var mayPass: Bool { [.full, .readOnly, .busy, .failed].contains(self) }
    }

    /// Which kind of trouble it is.
    public var code: Code
    /// What happened and what to do, for an operator; holds no value of any row.
    public var message: String
    /// The one row that is concerned, and not the store; only with `.unreadable`.
    public private(set) var record: UnreadableRecord?

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// - Parameter record: what cannot be read; it is left as it is.
    public init(unreadable record: UnreadableRecord) {
        self.init(
            .unreadable,
            "A record of the store is damaged or of a newer version (table \(record.table), key \(record.key)).")
        self.record = record
    }

    /// Whether it tells that the store itself fails.
    var isTrouble: Bool { code != .closed && code != .stopping && code != .unreadable }

    /// What happened and what to do; see ``message``.
    public var description: String { message }
}
