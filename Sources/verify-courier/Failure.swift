import AMQP
import App
import ArgumentParser
import Conformance
import Store
import VerifyClient

/// Runs `body`; an error is said on stderr in words, and ends the program with the contract's exit code.
func orExit<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
        return try await body()
    } catch let error as ExitCode {
        throw error
    } catch {
        let lines = (error as? ConfigProblem)?.problems ?? ["\(error)"]
        StandardError.say(lines.map { "verify-courier: \($0)" })
        throw ExitCode(exitCode(of: error))
    }
}

private func exitCode(of error: any Error) -> Int32 {
    switch error {
    case is ConfigProblem: 78
    case is ImportProblem: 65
    case is ConformanceFailure: 78
    case let error as TwilioProblem: error.exitCode
    case let error as StoreError:
        [.missing, .exists, .wrongKey, .wrongSchema, .corrupt].contains(error.code) ? 78 : 69
    case let error as AMQPError: error.code == .preconditionFailed ? 78 : 69
    case let error as ClientError: error.code == .forbidden ? 77 : 69
    default: 70
    }
}
