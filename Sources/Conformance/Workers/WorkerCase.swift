/// What a worker is put through.
package enum WorkerCase: String, CaseIterable, Sendable {
    case signUp = "sign-up"
    case signIn = "sign-in"
    case wrongCode = "wrong-code"
    case triesUsedUp = "tries-used-up"
    case usedCode = "used-code"
    case othersCode = "others-code"
    case nothingPending = "nothing-pending"
    case canceled
    case authenticator
    case blockedNumber = "blocked-number"
    case repeated
    case repeatedAtOnce = "repeated-at-once"
    case reusedID = "reused-id"
    case late
    case malformed
    case mistyped
    case laterVersion = "later-version"
    case unknownFields = "unknown-fields"
    case echoes
    case recorded
    case nobodyToAnswer = "nobody-to-answer"
    case replyQueueGone = "reply-queue-gone"
    case replyQueueFull = "reply-queue-full"
    case foreignAddress = "foreign-address"
    case aroundTheExchange = "around-the-exchange"
    case outageOfSend = "outage-of-send"
    case outageOfCheck = "outage-of-check"
    case lostAnswerOfSend = "lost-answer-of-send"
    case lostAnswerOfCheck = "lost-answer-of-check"
    case slowSend = "slow-send"

    /// What is done, for whoever reads the report.
    package var summary: String {
        switch self {
        case .signUp: "options, a phone is registered by a text, options again"
        case .signIn: "a text, and its code typed with a dash and in other digits"
        case .wrongCode: "a wrong code, then the right one"
        case .triesUsedUp: "five wrong codes, then the right one"
        case .usedCode: "the right code once more"
        case .othersCode: "the right code, in another sign-in of the same person"
        case .nothingPending: "a code that nobody asked for, a text for somebody without a phone"
        case .canceled: "a text that is called off before its code is typed"
        case .authenticator: "an app is registered, and its secret asked for once more after that"
        case .blockedNumber: "a number that Twilio sends nothing to"
        case .repeated: "a job comes again, after its reply"
        case .repeatedAtOnce: "a job comes four times at once"
        case .reusedID: "another body, and another job, under a known message_id"
        case .late: "jobs whose deadline is over, or as good as over"
        case .malformed: "bodies and properties that are no job's"
        case .mistyped: "a number and a code that are none"
        case .laterVersion: "a job of version 2"
        case .unknownFields: "fields and headers of a later version, and null for what is optional"
        case .echoes: "a correlation_id of any bytes, none at all, a traceparent"
        case .recorded: "the outcome of a job, asked for by its front end, for another person, of no job"
        case .nobodyToAnswer: "a job without reply_to"
        case .replyQueueGone: "a job whose reply queue is not there"
        case .replyQueueFull: "a reply that the broker refuses at first"
        case .foreignAddress: "a reply_to that is no reply queue"
        case .aroundTheExchange: "a job that was put into the lane's queue itself"
        case .outageOfSend: "Twilio is away when a text is asked for"
        case .outageOfCheck: "Twilio is away when the right code is checked"
        case .lostAnswerOfSend: "Twilio's answer to a text is lost"
        case .lostAnswerOfCheck: "Twilio's answer to the right code is lost"
        case .slowSend: "Twilio takes long to send, and somebody else checks a code"
        }
    }
}

/// What came of a case.
package struct WorkerVerdict: Sendable {
    package var situation: WorkerCase
    package var findings: [WorkerFinding]
    /// Why it could not be tried, if so.
    package var skipped: String?
}
