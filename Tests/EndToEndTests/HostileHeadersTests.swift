import AMQP
import TestKit
import Testing
import Wire

extension Hostile {
    @Suite struct Headers {
        @Test("H13: headers in bulk, of every type, without names and nested beyond reason are passed over")
        func bombs() async throws {
            let scene = try await HostileScene()
            let every: [(String, RawField)] = [
                ("a", .bool(true)), ("b", .int8(-1)), ("c", .uint8(255)), ("d", .int16(-1)), ("e", .uint16(65535)),
                ("f", .int32(-1)), ("g", .uint32(.max)), ("h", .int64(.min)), ("i", .float(-1.5)),
                ("j", .double(.greatestFiniteMagnitude)), ("k", .decimal(scale: 255, -1)),
                ("l", .text("\u{0}\u{FFFF}")),
                ("m", .bytes([0xFF, 0])), ("n", .timestamp(1)), ("o", .table([("k", .void)])),
                ("p", .array([.void, .table([]), .array([])])), ("q", .void),
            ]
            let bombs: [[(String, RawField)]] = [
                every, (0..<10_000).map { ("h\($0)", .void) }, [("", .void)], [("", .text("x")), ("x", .text(""))],
                [("k", .table([("", .void)]))], [("k", .void), ("k", .bool(true))],
                [(String(repeating: "k", count: 255), .text(String(repeating: "x", count: 100_000)))],
                [("k", .nestedTables(100))], [("k", .nested(100))], [("k", .nested(5000))], [("k", .nested(20_000))],
                [("k", .nestedTables(15_000))],
            ]
            for (index, headers) in bombs.enumerated() {
                var message = scene.message(.send)
                message.headers = headers
                #expect(try await scene.answer(to: message).reason == .notRegistered, "bomb \(index)")
            }
            // The broker knows no infinity, and hangs up on more than a frame holds.
            for (field, code): (RawField, UInt16) in [
                (.double(.infinity), 541), (.text(String(repeating: "x", count: 1 << 20)), 501),
            ] {
                var message = scene.message(.send)
                message.headers = [("k", field)]
                #expect(try await scene.raw.publish(message) == .closed(code: code))
            }
            #expect(try await scene.end().isEmpty)
        }

        @Test("H13: a lane full of messages whose headers are made of tables is answered, and nothing of them is kept")
        func tables() async throws {
            let scene = try await HostileScene()
            // 127 kB each; kept as values they are 1.1 GB.
            let messages = (0..<256).map { _ in
                var message = scene.message(.check, #"{"user":"anna","code":"123456"}"#)
                message.headers = RawField.tables(64, ofVoids: 990)
                return message
            }
            for message in messages { #expect(try await scene.raw.publish(message) == .confirmed) }
            for message in messages { #expect(try await scene.answer(ofPublished: message).outcome == .invalid) }
            #expect(try await scene.end().isEmpty)
        }

        @Test("H13: what a publisher claims of the past counts for nothing")
        func forgedHistory() async throws {
            let scene = try await HostileScene()
            let death = RawField.array([
                .table([
                    ("count", .int64(1000)), ("reason", .text("delivery_limit")), ("queue", .text("verify.admin")),
                    ("exchange", .text("verify")), ("routing-keys", .array([.text("admin.user.reset")])),
                ])
            ])
            let histories: [[(String, RawField)]] = [
                [("x-death", death)], [("x-death", .text("verify.admin"))], [("x-death", .nested(50))],
                [("x-first-death-queue", .text("verify.admin")), ("x-first-death-reason", .text("rejected"))],
                [("x-delivery-count", .int64(99))], [("x-delivery-count", .text("many"))],
                [("x-delivery-count", .int64(-1))], [("x-verify-reason", .text("poison"))],
            ]
            for headers in histories {
                var message = scene.message(.send)
                message.headers = headers
                #expect(try await scene.answer(to: message).reason == .notRegistered)
            }
            #expect(try await scene.end().isEmpty)
        }

        @Test("H13: a copy that CC or BCC puts into another lane is no job; the one in its own lane is answered")
        func copies() async throws {
            let scene = try await HostileScene()
            let body = #"{"user":"anna","channel":"sms","operator":"eve","reason":"none"}"#
            for name in ["CC", "BCC"] {
                var message = scene.message(.send, body)
                message.headers = [(name, .array([.text("admin.user.reset"), .text("check"), .text("nowhere")]))]
                #expect(try await scene.answer(to: message).reason == .notRegistered)
            }
            // Under an unknown key, with a copy for a lane: confirmed, and still no job.
            var hidden = scene.message(.send, body)
            hidden.key = "nonsense"
            hidden.headers = [("CC", .array([.text("send")]))]
            #expect(try await scene.raw.publish(hidden) == .confirmed)
            // Not through the exchange of jobs at all.
            var past = scene.message(.send, body)
            past.exchange = ""
            past.key = "verify.send"
            #expect(try await scene.raw.publish(past) == .confirmed)
            // Straight to the dead: taken over as what it says it is.
            var dying = scene.message(.send, body)
            dying.exchange = "verify.dead"
            #expect(try await scene.raw.publish(dying) == .confirmed)
            let dead = try await scene.end()
            let unexpected = dead.filter { $0.reason == "unexpected" }.map(\.key).sorted()
            #expect(unexpected == ["nonsense", "send", "send", "send", "send", "verify.send"])
            #expect(dead.filter { $0.reason == "broker" }.map(\.key) == ["send"])
            #expect(dead.count == 7)
        }

        @Test("H13: a trace parent is carried if it is one, and left out if not")
        func traceparent() async throws {
            let scene = try await HostileScene()
            let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            let bad = [
                "", "garbage", good + "-x", good.uppercased(),
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", "ff" + good.dropFirst(2),
                good.replacing("-", with: "\n"), String(repeating: "0", count: 4000),
            ]
            var message = scene.message(.send)
            message.headers = [("traceparent", .text(good))]
            let delivery = try await scene.delivery(to: message)
            #expect(delivery.properties.headers["traceparent"]?.text == good)
            #expect(delivery.properties.headers.entries.count == 1)
            for text in bad {
                var message = scene.message(.send)
                message.headers = [("traceparent", .text(text)), ("CC", .array([.text("nowhere")]))]
                let delivery = try await scene.delivery(to: message)
                #expect(delivery.properties.headers.entries.isEmpty, "\(text)")
            }
            #expect(try await scene.end().isEmpty)
        }
    }
}
