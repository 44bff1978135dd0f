/// What reads bytes from outside, with promises that hold whatever the bytes are.
///
/// Each has a folder of inputs in `Corpus`. A file's name begins with the word for what is made of it, so that an input
/// that no longer gets where it was meant to get is noticed.
enum FuzzTarget: String, CaseIterable {
    /// A job: properties, headers, body.
    case jobs
    /// What a broker sends.
    case frames
    /// What Twilio answers.
    case answers
    /// The environment, the YAML file, a secret file.
    case settings

    /// - Returns: What was made of the input, in a word.
    /// - Throws: ``BrokenPromise``; anything worse ends the process.
    func run(_ input: [UInt8]) async throws(BrokenPromise) -> String {
        switch self {
        case .jobs: try JobsTarget.run(input)
        case .frames: try FramesTarget.run(input)
        case .answers: try await AnswersTarget.run(input)
        case .settings: try SettingsTarget.run(input)
        }
    }
}

/// An input that makes the program do what it must never do.
struct BrokenPromise: Error, CustomStringConvertible {
    let description: String
}

/// - Throws: ``BrokenPromise`` with these words, unless it holds.
func insist(_ holds: Bool, _ words: @autoclosure () -> String) throws(BrokenPromise) {
    if !holds { throw BrokenPromise(description: words()) }
}
