import Wire

extension CaseRun {
    /// Runs the case to its end.
    ///
    /// - Throws: ``CaseOver``, ``CaseSkipped``; anything else says that nothing can be judged.
    func play() async throws {
        switch situation {
        case .signUp: try await signUp()
        case .signIn: try await signIn()
        case .wrongCode: try await wrongCode()
        case .triesUsedUp: try await triesUsedUp()
        case .usedCode: try await usedCode()
        case .othersCode: try await othersCode()
        case .nothingPending: try await nothingPending()
        case .canceled: try await cancel()
        case .authenticator: try await authenticator()
        case .blockedNumber: try await blockedNumber()
        case .repeated: try await repeated()
        case .repeatedAtOnce: try await repeatedAtOnce()
        case .reusedID: try await reusedID()
        case .late: try await late()
        case .malformed: try await malformed()
        case .mistyped: try await mistyped()
        case .laterVersion: try await laterVersion()
        case .unknownFields: try await unknownFields()
        case .echoes: try await echoes()
        case .recorded: try await recorded()
        case .nobodyToAnswer: try await nobodyToAnswer()
        case .replyQueueGone: try await replyQueueGone()
        case .replyQueueFull: try await replyQueueFull()
        case .foreignAddress: try await foreignAddress()
        case .aroundTheExchange: try await aroundTheExchange()
        case .outageOfSend: try await outageOfSend()
        case .outageOfCheck: try await outageOfCheck()
        case .lostAnswerOfSend: try await lostAnswerOfSend()
        case .lostAnswerOfCheck: try await lostAnswerOfCheck()
        case .slowSend: try await slowSend()
        }
    }
}
