/// Why a job has no reply.
///
/// It may still be carried out: publish the same message id again, or ask for its outcome.
public struct ClientError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure.
    public struct Code: Sendable, Equatable {
        private enum Value { case unreachable, unroutable, refused, forbidden, timeout, closed, unreadable, tooLarge }
        private let value: Value

        /// The broker cannot be reached.
        public static let unreachable = Code(value: .unreachable)
        /// No queue takes this job: the topology was not applied, or the key is wrong.
        public static let unroutable = Code(value: .unroutable)
        /// The broker did not take the job (a full lane), or refuses the client itself.
        public static let refused = Code(value: .refused)
        /// The broker user lacks a right; the message says which, and what to do.
        public static let forbidden = Code(value: .forbidden)
        /// Nobody answered in time.
        public static let timeout = Code(value: .timeout)
        /// The reply is not one of the contract's.
        public static let unreadable = Code(value: .unreadable)
        /// The reply is larger than this client takes, 4 MiB.
        public static let tooLarge = Code(value: .tooLarge)
        /// The client was closed.
        public static let closed = Code(value: .closed)
    }

    /// Which kind of failure it is.
    public var code: Code
    /// What happened and what to do, for whoever runs the front end.
    public var message: String

    package init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// What happened and what to do; see ``message``.
    public var description: String { message }
}
