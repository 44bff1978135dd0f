/// What went wrong between us and the broker, in words for an operator. Holds no password.
public struct AMQPError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of trouble.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String {
            case badURL, badArgument, unreachable, certificate, authentication, virtualHost, connectionLost,
                channelClosed
            case notConnected, timeout, preconditionFailed, notFound, accessRefused, closed
        }
        private let value: Value
        public var description: String { value.rawValue }

        public static let badURL = Code(value: .badURL)
        /// Our own call cannot be put into a frame.
        public static let badArgument = Code(value: .badArgument)
        public static let unreachable = Code(value: .unreachable)
        /// The broker's certificate is not the one expected, or ours cannot be used.
        public static let certificate = Code(value: .certificate)
        public static let authentication = Code(value: .authentication)
        public static let virtualHost = Code(value: .virtualHost)
        /// It is unknown what became of what was under way.
        public static let connectionLost = Code(value: .connectionLost)
        public static let channelClosed = Code(value: .channelClosed)
        /// Nothing was sent.
        public static let notConnected = Code(value: .notConnected)
        public static let timeout = Code(value: .timeout)
        /// Something exists with other arguments.
        public static let preconditionFailed = Code(value: .preconditionFailed)
        public static let notFound = Code(value: .notFound)
        public static let accessRefused = Code(value: .accessRefused)
        public static let closed = Code(value: .closed)
    }

    public var code: Code
    public var message: String
    /// AMQP's own reply code, where the broker gave one.
    public var replyCode: Int?

    public init(_ code: Code, _ message: String, replyCode: Int? = nil) {
        self.code = code
        self.message = message
        self.replyCode = replyCode
    }

    public var description: String { message }

    /// Whether only a change of configuration, here or at the broker, will help: trying again in a hurry would not.
    var isRefusal: Bool { [.authentication, .virtualHost, .certificate].contains(code) }

    /// Whether the broker user lacks a right (403): nothing is wrong with what was asked, and an operator can give it.
    public var isMissingRight: Bool { replyCode == Self.missingRight }
    private static let missingRight = 403

    /// From a close that the broker sent.
    static func closed(_ replyCode: Int, _ text: String) -> AMQPError {
        let code: Code =
            switch replyCode {
            case missingRight: .accessRefused
            case 404: .notFound
            case 406: .preconditionFailed
            case 530: .virtualHost
            default: .channelClosed
            }
        return AMQPError(code, "the broker closed it: \(replyCode) \(text)", replyCode: replyCode)
    }
}
