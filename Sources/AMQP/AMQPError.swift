/// What went wrong between us and the broker, in words for an operator.
///
/// Holds no password.
public struct AMQPError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of trouble.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String {
            case badURL, badArgument, unreachable, certificate, authentication, virtualHost, connectionLost,
                channelClosed
            case notConnected, timeout, preconditionFailed, notFound, accessRefused, limit, closed
        }
        private let value: Value
        /// The kind's name, as it is logged: `unreachable`, `certificate`.
        public var description: String { value.rawValue }

        var outline: String {
            switch value {
            case .badURL: "the broker's URL is none"
            case .badArgument: "a call cannot be put into a frame"
            case .unreachable: "the broker cannot be reached"
            case .certificate: "a certificate is refused"
            case .authentication: "the broker refuses the log-in"
            case .virtualHost: "the broker refuses the virtual host"
            case .connectionLost: "the connection was lost"
            case .channelClosed, .closed: "the broker closed it"
            case .notConnected: "there is no connection"
            case .timeout: "the broker does not answer"
            case .preconditionFailed: "it exists with other arguments"
            case .notFound: "it is not there"
            case .accessRefused: "the broker user lacks a right"
            case .limit: "the broker allows too few channels or connections"
            }
        }

        /// The text is no broker's URL.
        public static let badURL = Code(value: .badURL)
        /// Our own call cannot be put into a frame.
        public static let badArgument = Code(value: .badArgument)
        /// Nobody takes the connection: wrong host or port, or the broker is down.
        public static let unreachable = Code(value: .unreachable)
        /// The broker's certificate is not the one expected, or ours cannot be used.
        public static let certificate = Code(value: .certificate)
        /// The broker does not know the user, or the password is wrong.
        public static let authentication = Code(value: .authentication)
        /// There is no such virtual host, or the user may not use it.
        public static let virtualHost = Code(value: .virtualHost)
        /// It is unknown what became of what was under way.
        public static let connectionLost = Code(value: .connectionLost)
        /// The broker closed the channel for what was asked on it.
        public static let channelClosed = Code(value: .channelClosed)
        /// Nothing was sent.
        public static let notConnected = Code(value: .notConnected)
        /// The broker did not answer in time.
        public static let timeout = Code(value: .timeout)
        /// Something exists with other arguments.
        public static let preconditionFailed = Code(value: .preconditionFailed)
        /// There is no such queue or exchange.
        public static let notFound = Code(value: .notFound)
        /// The user's rights do not cover it.
        public static let accessRefused = Code(value: .accessRefused)
        /// The broker allows fewer channels or connections than are needed.
        public static let limit = Code(value: .limit)
        /// It is closed, and not by a failure on the way.
        public static let closed = Code(value: .closed)
    }

    /// Which kind of failure it is.
    public var code: Code
    /// What happened and what to do, for an operator; no password.
    public var message: String
    /// AMQP's own reply code, where the broker gave one.
    public var replyCode: Int?
    /// ``outline`` where it says more than the code does.
    private var summary: String?

    package init(_ code: Code, _ message: String, replyCode: Int? = nil) {
        self.code = code
        self.message = message
        self.replyCode = replyCode
    }

    /// What happened and what to do; see ``message``.
    public var description: String { message }

    /// What is wrong, without the names of hosts, users and virtual hosts that a broker's words are full of: for
    /// whoever reaches a port.
    ///
    /// The log has the whole.
    public var outline: String {
        let words = summary ?? code.outline
        return replyCode.map { "\(words) (\($0))" } ?? words
    }

    /// Whether only a change of configuration, here or at the broker, will help: trying again in a hurry would not.
    public var isRefusal: Bool { [.authentication, .virtualHost, .certificate].contains(code) }

    /// Whether the broker user lacks a right (403): nothing is wrong with what was asked, and an operator can give it.
    public var isMissingRight: Bool { replyCode == Self.missingRight }
    private static let missingRight = 403

    /// From a close that the broker sent.
    static func closed(_ replyCode: Int, _ text: String) -> AMQPError {
        if replyCode == 530, text.contains(" limit ") { return reached(text) }
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

    /// A limit of a user, a virtual host or a node, in the broker's words, which end with its number in brackets.
    private static func reached(_ text: String) -> AMQPError {
        let number = text.split(separator: "(").last.flatMap { Int($0.prefix { $0.isASCII && $0.isNumber }) }
        let what = text.contains("channels") ? "channels of this user" : "connections"
        var error = AMQPError(.limit, "the broker closed it: 530 \(text)", replyCode: 530)
        error.summary = "the broker's limit of \(what)" + (number.map { ", \($0)," } ?? "") + " is reached"
        return error
    }

    /// The same of a log-in.
    func refusing(_ url: BrokerURL) -> AMQPError {
        var error = self
        error.message = "\(url) refuses us: \(message)"
        if code != .limit { error.code = replyCode == 530 ? .virtualHost : .authentication }
        return error
    }

    /// A connection that would have too few channels.
    static func tooFewChannels(_ allowed: Int, needed: Int) -> AMQPError {
        let words = "the broker allows \(allowed) channels a connection, \(needed) are needed"
        var error = AMQPError(.limit, words + ": raise channel_max in its configuration")
        error.summary = words
        return error
    }
}
