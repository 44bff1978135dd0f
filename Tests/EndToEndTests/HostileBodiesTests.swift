import TestKit
import Testing
import Wire

extension Hostile {
    @Suite struct Bodies {
        @Test("H1: a body that is empty, blank, NUL or begins with a BOM is answered and kept at its first delivery")
        func nothing() async throws {
            let scene = try await HostileScene()
            let good = Array(#"{"user":"anna","channel":"sms"}"#.utf8)
            let bodies: [[UInt8]] = [
                [], Array(" \r\n\t ".utf8), [0xEF, 0xBB, 0xBF], [0xEF, 0xBB, 0xBF] + good, [0], good + [0],
                [UInt8](repeating: 0, count: 1000),
            ]
            for body in bodies {
                #expect(try await scene.problems(scene.message(.send, bytes: body)) == [" not_json"])
            }
            let dead = try await scene.end()
            #expect(dead.map(\.reason) == bodies.map { _ in "malformed" })
            #expect(dead.allSatisfy { $0.key == "send" && $0.messageID != nil })
        }

        @Test("H2: what is nearly JSON is not")
        func nearlyJSON() async throws {
            let scene = try await HostileScene()
            let bodies: [(String, String)] = [
                (#"{"user":"anna","channel":"sms""#, " not_json"), (#"{"user":"anna","channel":"sm"#, " not_json"),
                (#"{"user":"anna","channel":"sms"}{"user":"eve"}"#, " not_json"),
                (#"{"user":"anna","channel":"sms",}"#, " not_json"), (#"{"user":NaN}"#, " not_json"),
                (#"{"user":Infinity}"#, " not_json"), (#"{"user":'anna'}"#, " not_json"),
                (#"{user:"anna"}"#, " not_json"),
                (#"{"user":"anna"/* c */}"#, " not_json"), ("{\"user\":\"an\nna\"}", " not_json"),
                (#"{"user":"anna","user":"eve","channel":"sms"}"#, " duplicate_key"),
                (#"{"user":"anna","\u0075ser":"eve","channel":"sms"}"#, " duplicate_key"),
                (#"{"user":"\ud800","channel":"sms"}"#, " not_json"),
                (#"{"user":"\udc00\ud800","channel":"sms"}"#, " not_json"),
                (#"{"user":"\ud83dx","channel":"sms"}"#, " not_json"), (#"["user"]"#, " not_an_object"),
                (#""user""#, " not_an_object"), ("null", " not_an_object"), ("1", " not_an_object"),
            ]
            for (body, problem) in bodies {
                #expect(try await scene.problems(scene.message(.send, body)) == [problem], "\(body)")
            }
            let broken: [[UInt8]] = [
                [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xC0, 0xAF], [0xF5, 0x80, 0x80, 0x80], [0xFF],
            ]
            for bytes in broken {
                let body = Array(#"{"user":"a"#.utf8) + bytes + Array(#"","channel":"sms"}"#.utf8)
                #expect(try await scene.problems(scene.message(.send, bytes: body)) == [" not_utf8"])
            }
            let dead = try await scene.end()
            #expect(dead.count == bodies.count + broken.count)
            #expect(dead.allSatisfy { $0.reason == "malformed" })
        }

        @Test("H3: deep nesting, many keys and long strings are refused before anything is built of them")
        func large() async throws {
            let scene = try await HostileScene()
            let deep = #"{"user":"anna","x":"# + String(repeating: "[", count: 8000)
            #expect(try await scene.problems(scene.message(.send, deep)) == [" too_deep"])
            let nine = #"{"user":"anna","x":[[[[[[[[]]]]]]]]}"#
            #expect(try await scene.problems(scene.message(.send, nine)) == [" too_deep"])
            let arrays = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
            let keys = "{" + (0..<1_000_000).map { "\"k\($0)\":0" }.joined(separator: ",") + "}"
            let string = #"{"user":"anna","x":""# + String(repeating: "x", count: 10 << 20) + #""}"#
            for body in [arrays, keys, string] {
                let reply = try await scene.answer(to: scene.message(.send, body))
                #expect(reply.outcome == .invalid)
                #expect(reply.reason == .tooLarge)
            }
            let dead = try await scene.end()
            #expect(dead.map(\.reason) == ["malformed", "malformed", "too_large", "too_large", "too_large"])
        }

        @Test("H4: 16 KiB are taken, one byte more is not, nor 16 MiB, and nothing of them is kept in memory")
        func sizes() async throws {
            let scene = try await HostileScene()
            func body(_ size: Int) -> String {
                let frame = #"{"user":"anna","channel":"sms","x":""}"#
                return frame.dropLast(2) + String(repeating: "x", count: size - frame.utf8.count) + #""}"#
            }
            let largest = try await scene.answer(to: scene.message(.send, body(16 << 10)))
            #expect(largest.outcome == .notAllowed)
            // From 64 KiB on a body is drained without being kept.
            for size in [(16 << 10) + 1, 64 << 10, (64 << 10) + 1, 1 << 20] {
                let reply = try await scene.answer(to: scene.message(.send, body(size)))
                #expect(reply.reason == .tooLarge)
                #expect(reply.errors == [FieldProblem("", "too_large")])
            }
            for _ in 0..<4 {
                let huge = scene.message(.send, bytes: [UInt8](repeating: 0x20, count: 16 << 20))
                #expect(try await scene.answer(to: huge).reason == .tooLarge)
            }
            let dead = try await scene.end()
            #expect(dead.map(\.reason) == [String](repeating: "too_large", count: 8))
        }

        @Test("H5: wrong types are named field by field")
        func types() async throws {
            let scene = try await HostileScene()
            for value in ["4155550142", "null", "[]", "{}", "true", "1e400", "-0", "9007199254740993", "0.1"] {
                let phone = #"{"user":"anna","channel":"sms","phone":\#(value)}"#
                #expect(try await scene.problems(scene.message(.registerPhone, phone)) == ["phone wrong_type"])
                let code = #"{"user":"anna","code":\#(value)}"#
                #expect(try await scene.problems(scene.message(.check, code)) == ["code wrong_type"])
                let user = #"{"user":\#(value),"channel":\#(value)}"#
                #expect(
                    try await scene.problems(scene.message(.send, user)) == ["user wrong_type", "channel wrong_type"])
            }
            for value in ["+1", "01", "1.", ".5", "0x10", "1e", "--1", "tru", "nul"] {
                let body = #"{"user":\#(value),"channel":"sms"}"#
                #expect(try await scene.problems(scene.message(.send, body)) == [" not_json"])
            }
            let dead = try await scene.end()
            #expect(dead.count == 9 * 3 + 9)
            #expect(dead.allSatisfy { $0.reason == "malformed" })
        }

        @Test("H7: unknown fields are passed over, unknown values are not")
        func unknown() async throws {
            let scene = try await HostileScene()
            let more =
                #"{"user":"anna","channel":"sms","__proto__":{"admin":true},"code ":"1","x":[1,{"y":null}],"":0}"#
            #expect(try await scene.answer(to: scene.message(.send, more)).reason == .notRegistered)
            let bodies = [
                (#"{"user":"anna","channel":"whatsapp"}"#, "channel unknown_value"),
                (#"{"user":"anna","channel":"SMS"}"#, "channel unknown_value"),
                (#"{"user":"anna","channel":"sms","application":"Web"}"#, "application unknown_value"),
                (#"{"user":"anna","channel":"sms","application":""}"#, "application unknown_value"),
            ]
            for (body, problem) in bodies {
                #expect(try await scene.problems(scene.message(.send, body)) == [problem])
            }
            #expect(
                try await scene.problems(scene.message(.check, #"{"user":"anna","code":"123456","method":"sms"}"#))
                    == ["method unknown_value"])
            #expect(try await scene.end().count == 5)
        }
    }
}
