import Basics
import Crypto
import FoundationEssentials
import Logging
import VerifyClient
import Wire

/// Hands jobs to the workers, each under the id that its form stands for.
struct Courier: Sendable {
    /// Asks for a job, as ``LoginClient`` does.
    typealias Ask = @Sendable (JobKind, JobBody, AskOptions) async throws -> Reply

    let ask: Ask
    let logger: Logger

    /// `nil` where nobody answered in time.
    ///
    /// - Parameter nonce: the form's: sent twice it is one request. A form that the back button brings holds another code or
    ///   number, so these are part of the id.
    func ask(_ kind: JobKind, _ body: JobBody, nonce: String) async -> Reply? {
        let id = Self.messageID(nonce: nonce, kind: kind, body: body)
        do {
            return try await ask(kind, body, AskOptions(messageID: id, patience: Self.patience(kind)))
        } catch {
            logger.warning("no reply", metadata: ["job": "\(kind.rawValue)", "error": "\(error)"])
            return nil
        }
    }

    static func messageID(nonce: String, kind: JobKind, body: JobBody) -> String {
        var hash = SHA256()
        hash.update(data: Data("\(nonce)\n\(kind.rawValue)\n".utf8))
        hash.update(data: body.encoded())
        return hash.finalize().prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// How long the person waits; the reply may take five seconds more (docs/front-ends.md).
    static func patience(_ kind: JobKind) -> Duration {
        kind == .options ? .seconds(5) : .seconds(20)
    }
}
