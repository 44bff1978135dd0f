/// A misbehaviour to order from the simulator.
public struct SimulatorFault: Sendable, Equatable {
    /// What goes wrong.
    public enum Kind: String, Sendable, CaseIterable {
        case error
        case unauthorized = "401"
        case tooManyRequests = "429"
        case serverError = "500"
        case badGateway = "502"
        case unavailable = "503"
        case gatewayTimeout = "504"
        case created = "201"
        case extra
        case wrongType = "wrong-type"
        case garbage
        case html
        case empty
        case cutShort = "cut-short"
        case huge
        case slowBody = "slow-body"
        case delay
        case hang
        case closeBefore = "close-before"
        case closeAfter = "close-after"
    }

    /// What becomes of a request that is answered with a 5xx.
    public enum Performance: String, Sendable, CaseIterable {
        case never = "false"
        /// Before the answer.
        case atOnce = "true"
        /// A while after the answer, as behind a gateway that did not wait for it: see ``Kind/meaning``.
        case later
    }

    /// What stands in the body of an answer whose status is the fault.
    public enum Format: String, Sendable, CaseIterable {
        /// Twilio's error envelope.
        case json
        /// A page, as a load balancer sends it.
        case html
        case empty
    }

    /// What goes wrong.
    public var kind: Kind
    /// Twilio's code of ``Kind/error``; one that the simulator does not know is answered with 500.
    public var code: Int?
    /// How many of a hundred requests it hits, 1 to 100.
    public var percent = 100
    /// How many requests it still hits; `nil` for no end.
    public var count: Int?
    /// See ``Kind/meaning``; `nil` for the kind's own.
    public var delay: Duration?
    /// The header `Retry-After` of ``Kind/tooManyRequests`` and of the errors that have one, whatever it says; `nil`
    /// leaves it out.
    public var retryAfter: String? = "1"
    /// How an error is written, where it is one.
    public var format = Format.json
    /// Whether a request that is answered with a 5xx is nevertheless carried out.
    public var performance = Performance.never
    /// Length of the body of ``Kind/huge``.
    public var bytes = 2_000_000

    package init(
        _ kind: Kind, code: Int? = nil, percent: Int = 100, count: Int? = nil, delay: Duration? = nil
    ) {
        self.kind = kind
        self.code = code
        self.percent = percent
        self.count = count
        self.delay = delay
    }
}

extension SimulatorFault.Kind {
    /// For the page that tells what can be ordered.
    public var meaning: String {
        switch self {
        case .error: "Refused with the error of the field code, and Twilio's status for it. Nothing is done."
        case .unauthorized: "Refused with 401, code 20003. Nothing is done."
        case .tooManyRequests: "Refused with 429, code 20429, and Retry-After as ordered. Nothing is done."
        case .serverError, .badGateway, .unavailable, .gatewayTimeout:
            """
            Answered with \(rawValue). Nothing is done; everything if performed=true; everything ms after the answer if \
            performed=later.
            """
        case .created: "Done and answered truly, with status 201 in place of 200, as Twilio's documents say of checks."
        case .extra: "Done and answered truly, with fields that nobody knows, of every type."
        case .wrongType: "Done and answered truly, with the content type text/plain."
        case .garbage: "Done; the answer is called JSON and is none."
        case .html: "Done; the answer is a page with status 200, as a captive portal sends it."
        case .empty: "Done; the answer has its status and no body."
        case .cutShort: "Done; half of the answer is sent, then the connection closes."
        case .huge: "Done and answered truly, behind so many bytes of white space."
        case .slowBody: "Done and answered truly, one byte at a time, ms apart."
        case .delay: "Done at once and answered truly, ms later."
        case .hang: "Nothing is done and nothing is answered; after ms the connection closes."
        case .closeBefore: "The connection closes without a byte of an answer. Nothing is done."
        case .closeAfter: "The connection closes without a byte of an answer. Everything is done."
        }
    }

    /// What `ms` is when nobody says it.
    var defaultDelay: Duration { self == .hang ? .seconds(60) : .seconds(1) }

    /// The refusal that is sent in place of an answer, for the kinds that are a status.
    var refusal: APIFailure? {
        switch self {
        case .unauthorized: .authenticate
        case .tooManyRequests: .tooManyRequests
        case .serverError: .serverError
        case .badGateway: APIFailure(code: 20500, status: 502, message: "Bad Gateway")
        case .unavailable: .unavailable
        case .gatewayTimeout: APIFailure(code: 20500, status: 504, message: "Gateway Timeout")
        default: nil
        }
    }

    /// Whether ``SimulatorFault/performance`` makes sense.
    var canBePerformed: Bool { (refusal?.status ?? 0) >= 500 }
}
