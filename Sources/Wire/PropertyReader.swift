import Basics

/// Reads the AMQP properties of a job and notes what is wrong with them.
struct PropertyReader {
    let envelope: Envelope
    let kind: JobKind?
    var problems: [FieldProblem] = []
    var messageID: String?
    var deadline: Timestamp
    var versionUnsupported = false
    var isTooOld = false

    init(envelope: Envelope, kind: JobKind?) {
        self.envelope = envelope
        self.kind = kind
        deadline = envelope.receivedAt + JobDecoder.defaultPatience
    }

    mutating func readAll() {
        readMessageID()
        if let bytes = envelope.correlationID, bytes.count > 128 { note("correlation_id", "too_long") }
        if envelope.contentType == nil {
            note("content_type", "missing")
        } else if !isJSON {
            note("content_type", "unsupported")
        }
        if let encoding = envelope.contentEncoding, !["", "identity", "utf-8", "UTF-8"].contains(encoding) {
            note("content_encoding", "unsupported")
        }
        readType()
        readDeadline()
    }

    /// `application/json`, in UTF-8 where it says in what; other parameters mean nothing.
    private var isJSON: Bool {
        // What nearly all write.
        if envelope.contentType == "application/json" { return true }
        let parts = (envelope.contentType ?? "").lowercased().split(separator: ";", omittingEmptySubsequences: false)
            .map { $0.filter { $0 != " " } }
        return parts.first == "application/json"
            && parts.dropFirst().allSatisfy {
                !$0.hasPrefix("charset") || ["charset=utf-8", "charset=\"utf-8\""].contains($0)
            }
    }

    private mutating func note(_ field: String, _ reason: String) {
        problems.append(FieldProblem(field, reason))
    }

    private mutating func readMessageID() {
        guard let id = envelope.messageID else { return note("message_id", "missing") }
        guard MessageID.isValid(id) else { return note("message_id", "malformed") }
        messageID = id
    }

    /// `verify.<key>.v1`: another key is a mistake, another major version is one that we do not speak.
    private mutating func readType() {
        guard let type = envelope.type else { return }
        let prefix = "verify.\(envelope.routingKey).v"
        guard type.utf8.starts(with: prefix.utf8) else { return note("type", "disagrees_with_routing_key") }
        let number = type.utf8.dropFirst(prefix.utf8.count)
        guard !number.isEmpty, number.allSatisfy({ (0x30...0x39).contains($0) }),
            number.first != UInt8(ascii: "0") || number.count == 1
        else { return note("type", "disagrees_with_routing_key") }
        guard !number.elementsEqual("1".utf8) else { return }
        versionUnsupported = true
        note("type", "version_unsupported")
    }

    private mutating func readDeadline() {
        let received = envelope.receivedAt
        let published =
            envelope.brokerMilliseconds.map { Timestamp(milliseconds: $0) }
            ?? envelope.timestamp.map { Timestamp(seconds: Int64(clamping: $0)) }
        // A clock ahead of ours is no reason to give a job more time.
        let start = min(published ?? received, received)
        isTooOld = start + JobDecoder.recordLife <= received
        deadline = start + JobDecoder.defaultPatience
        if envelope.deadlineIsMalformed { return note("deadline", "malformed") }
        if let text = envelope.deadline {
            guard let named = Timestamp(rfc3339: text) else { return note("deadline", "malformed") }
            deadline = named
        }
        deadline = min(deadline, received + JobDecoder.longestPatience)
    }

    func verdict(tooLarge: Bool) -> ReadJob.Content {
        if tooLarge { return .invalid(reason: .tooLarge, problems: problems, deadLetter: .tooLarge) }
        if versionUnsupported {
            return .invalid(reason: .versionUnsupported, problems: problems, deadLetter: .versionUnsupported)
        }
        let isMistyped = problems.allSatisfy(\.isMistyped)
        return .invalid(reason: .malformed, problems: problems, deadLetter: isMistyped ? nil : .malformed)
    }
}
