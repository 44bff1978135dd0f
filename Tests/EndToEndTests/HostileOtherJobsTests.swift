import AMQP
import TestKit
import Testing
import Wire

extension Hostile {
    /// The jobs that are no sends and no checks, ill-formed.
    @Suite struct OtherJobs {
        @Test("H5: cancel and outcome name jobs by ids that can be ones")
        func ids() async throws {
            let scene = try await HostileScene()
            for id in [#""""#, #""a b""#, "1", "null", "[]", #""\#(String(repeating: "x", count: 65))""#] {
                // Where the job may be left out, null does so.
                for kind in id == "null" ? [JobKind.outcome] : [.cancel, .outcome] {
                    let problems = try await scene.problems(
                        scene.message(kind, #"{"user":"anna","login":"sign-in-1","job":\#(id)}"#))
                    #expect(problems.count == 1 && problems[0].hasPrefix("job "), "\(kind) \(id): \(problems)")
                }
            }
            #expect(try await scene.problems(scene.message(.outcome, #"{"user":"anna"}"#)) == ["job missing"])
            let unknown = scene.message(.outcome, #"{"user":"anna","job":"never-was"}"#)
            #expect(try await scene.answer(to: unknown).reason == .noRecord)
            #expect(try await scene.end().count == 12)
        }

        @Test("H5: administrators' jobs are read as strictly, and change nothing when they are malformed")
        func administration() async throws {
            let scene = try await HostileScene()
            let jobs: [(JobKind, String, String)] = [
                (.adminUserGet, #"{"user":"anna"}"#, "operator missing"),
                (.adminUserGet, #"{"user":"anna","operator":1}"#, "operator wrong_type"),
                (.adminUserReset, #"{"user":"anna","operator":"o"}"#, "reason missing"),
                (
                    .adminUserReset, #"{"user":"anna","operator":"o","reason":"r","what":"everything"}"#,
                    "what unknown_value"
                ),
                (.adminUserBypass, #"{"user":"anna","operator":"o","reason":"r"}"#, "minutes missing"),
                (.adminUserBypass, #"{"user":"anna","operator":"o","reason":"r","minutes":"5"}"#, "minutes wrong_type"),
                (.adminUserSet, #"{"user":"anna","operator":"o","required":"yes"}"#, "required wrong_type"),
                (.adminOptionsSet, #"{"operator":"o","options":[]}"#, "options wrong_type"),
                (.adminUserRename, #"{"user":"anna","operator":"o"}"#, "to missing"),
            ]
            for (kind, body, problem) in jobs {
                #expect(try await scene.problems(scene.message(kind, body)) == [problem], "\(kind.rawValue) \(body)")
            }
            for minutes in ["0", "-1", "1441", "1e3", "1.5", "9007199254740993"] {
                let body = #"{"user":"anna","operator":"o","reason":"r","minutes":\#(minutes)}"#
                let problems = try await scene.problems(scene.message(.adminUserBypass, body))
                #expect(problems.count == 1 && problems[0].hasPrefix("minutes "), "\(minutes): \(problems)")
            }
            let get = scene.message(.adminUserGet, #"{"user":"anna","operator":"o"}"#)
            #expect(try await scene.answer(to: get).profile?.known == false)
            #expect(try await scene.end().allSatisfy { $0.reason == "malformed" })
        }

        @Test("3 delivery_mode: a reply with a secret is not for the broker's disk, others are; all are of the worker")
        func secretReplies() async throws {
            let scene = try await HostileScene()
            let bypass = scene.message(
                .adminUserBypass, #"{"user":"anna","operator":"o","reason":"r","minutes":5,"create":true}"#)
            let secret = try await scene.delivery(to: bypass)
            let code = try #require(try secret.reply.code)
            #expect(secret.properties.deliveryMode != 2)
            #expect(secret.properties.userID == "guest")
            let set = scene.message(.adminUserSet, #"{"user":"anna","operator":"o","ticket":true}"#)
            let ticket = try await scene.delivery(to: set)
            #expect(try ticket.reply.ticket != nil && ticket.properties.deliveryMode != 2)
            let get = try await scene.delivery(
                to: scene.message(.adminUserGet, #"{"user":"anna","operator":"o"}"#))
            #expect(get.properties.deliveryMode == 2)
            #expect(get.properties.userID == "guest")
            #expect(try await scene.end().isEmpty)
            #expect(!scene.worker.output.contains(code))
        }
    }
}
