public import Basics

/// One request to Twilio that was made for a job, as the job's record keeps it: nothing of a person's.
public struct ProviderCall: Sendable, Equatable {
    /// When it began.
    public var at: Timestamp
    /// What was asked, in the words of the metrics: `verification.start`.
    public var operation: String
    /// From the request to the end of its answer, in milliseconds.
    public var milliseconds: Int
    /// `success`, or in one word why not: `timeout`, `rate_limited`.
    public var result: String
    /// Twilio's error code, or the HTTP status of an answer without one, where it was no success.
    public var code: Int?
    /// What it was about, by Twilio's name for it: `VE…`, `YF…`.
    public var sid: String?
    /// The request's own name at Twilio, which its support asks for: `RQ…`.
    public var requestID: String?

    package init(
        at: Timestamp, operation: String, milliseconds: Int, result: String, code: Int? = nil, sid: String? = nil,
        requestID: String? = nil
    ) {
        self.at = at
        self.operation = operation
        self.milliseconds = milliseconds
        self.result = result
        self.code = code
        self.sid = sid
        self.requestID = requestID
    }

    /// The result of a call that did what it should.
    public static let success = "success"
}

/// The calls of one job while it is carried out, for whoever records its outcome.
///
/// It goes with the intent, and with every renewal of it.
public final class CallLog: Sendable {
    private let calls = Locked<[ProviderCall]>([])

    package init() {}

    /// All so far, in the order in which they ended.
    package var entries: [ProviderCall] { calls.withLock { $0 } }

    /// Adds one that has ended.
    package func add(_ call: ProviderCall) { calls.withLock { $0.append(call) } }

    /// Says what the latest call was about, where that is known only from its answer.
    package func note(sid: String) {
        calls.withLock { calls in
            guard let last = calls.indices.last, calls[last].sid == nil else { return }
            calls[last].sid = sid
        }
    }
}

/// Calls as one column: a line each, its fields apart by a space, `-` for none.
extension ProviderCall {
    /// Of more calls than this the first ones and the last ones are kept: a lost answer may be looked for again and again.
    package static let mostKept = 32

    /// `nil` for no calls.
    package static func pack(_ calls: [ProviderCall]) -> String? {
        guard !calls.isEmpty else { return nil }
        let half = mostKept / 2
        let kept = calls.count <= mostKept ? calls : Array(calls.prefix(half) + calls.suffix(half))
        var text = ""
        text.reserveCapacity(kept.count * 128)
        for call in kept {
            if !text.isEmpty { text += "\n" }
            call.pack(into: &text)
        }
        return text
    }

    private func pack(into text: inout String) {
        text += String(at.milliseconds)
        text += " "
        text += operation
        text += " "
        text += String(milliseconds)
        text += " "
        text += result
        text += " "
        text += code.map(String.init) ?? "-"
        text += " "
        text += Self.field(sid)
        text += " "
        text += Self.field(requestID)
    }

    /// What Twilio names in a way that would not fit is left out.
    private static func field(_ value: String?) -> String {
        guard let value, (1...64).contains(value.utf8.count), value != "-",
            value.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return "-" }
        return value
    }

    /// Lines that a newer version wrote in another way are passed over.
    package static func unpack(_ text: String) -> [ProviderCall] {
        text.fields(separatedBy: UInt8(ascii: "\n")).compactMap { line in
            let fields = line.fields(separatedBy: UInt8(ascii: " "))
            guard fields.count == 7, let at = Int64(fields[0]), let milliseconds = Int(fields[2]) else { return nil }
            return ProviderCall(
                at: Timestamp(milliseconds: at), operation: fields[1], milliseconds: milliseconds, result: fields[3],
                code: Int(fields[4]), sid: fields[5] == "-" ? nil : fields[5],
                requestID: fields[6] == "-" ? nil : fields[6])
        }
    }
}
