import AMQP
import Basics
import TestKit
import Testing
import Wire

extension Hostile {
    @Suite struct Properties {
        @Test("H6: another version and another key in the type are refused, none is fine, an unknown key comes back")
        func types() async throws {
            let scene = try await HostileScene()
            var message = scene.message(.send)
            message.type = "verify.send.v1"
            #expect(try await scene.answer(to: message).reason == .notRegistered)
            #expect(try await scene.answer(to: scene.message(.send)).reason == .notRegistered)
            for version in ["v2", "v0", "v10", "v99999"] {
                var other = scene.message(.send)
                other.type = "verify.send.\(version)"
                let reply = try await scene.answer(to: other)
                #expect(reply.outcome == .invalid)
                #expect(reply.reason == .versionUnsupported)
            }
            let wrong = [
                "verify.check.v1", "send", "verify.send", "verify.send.v", "verify.send.v1.result", "v1", "\u{0}",
            ]
            for type in wrong {
                var other = scene.message(.send)
                other.type = type
                #expect(try await scene.problems(other) == ["type disagrees_with_routing_key"])
            }
            for key in ["nonsense", "", "send.", "admin", "admin.user.delete", "SEND", "#", "*", "verify.send"] {
                var other = scene.message(.send)
                other.key = key
                #expect(try await scene.raw.publish(other) == .returned(code: 312))
            }
            let dead = try await scene.end()
            #expect(
                dead.map(\.reason) == Array(repeating: "version_unsupported", count: 4) + wrong.map { _ in "malformed" }
            )
        }

        @Test("H10: a correlation id is echoed byte for byte up to 128 bytes; without one the message id serves")
        func correlation() async throws {
            let scene = try await HostileScene()
            let every = [UInt8](0...127)
            for bytes in [every, every.map { $0 + 128 }, [0], [0x0A, 0x0D], Array("'; DROP TABLE job;--".utf8)] {
                var message = scene.message(.send)
                message.correlationID = bytes
                let delivery = try await scene.delivery(to: message)
                #expect(delivery.properties.correlationID == bytes)
                #expect(try delivery.reply.reason == .notRegistered)
            }
            for size in [129, 255] {
                var message = scene.message(.send)
                message.correlationID = [UInt8](repeating: 0x61, count: size)
                #expect(try await scene.raw.publish(message) == .confirmed)
                // One that is too long is nobody's: the message id takes its place.
                let reply = try await scene.mailbox.reply(to: try #require(message.messageID)).reply
                #expect(reply.errors == [FieldProblem("correlation_id", "too_long")])
            }
            var without = scene.message(.send)
            without.correlationID = nil
            #expect(try await scene.delivery(to: without).properties.correlationID == without.messageID)
            #expect(try await scene.end().count == 2)
        }

        @Test("H10: a message id that cannot be one is named, and the answer names no job")
        func messageID() async throws {
            let scene = try await HostileScene()
            let bad: [[UInt8]?] = [
                nil, [], Array("a b".utf8), Array("a/b".utf8), Array("é".utf8), [0xFF, 0xFE], [0], Array("a\nb".utf8),
                [UInt8](repeating: 0x61, count: 65), [UInt8](repeating: 0x61, count: 255),
            ]
            for id in bad {
                var message = scene.message(.send)
                message.messageID = id
                let reply = try await scene.answer(to: message)
                #expect(reply.outcome == .invalid)
                #expect(reply.errors == [FieldProblem("message_id", id == nil ? "missing" : "malformed")])
                #expect(reply.job == nil)
            }
            for id in ["a", "A._:-9", String(repeating: "x", count: 64)] {
                var message = scene.message(.send)
                message.messageID = Array(id.utf8)
                let delivery = try await scene.delivery(to: message)
                #expect(try delivery.reply.job == id)
                #expect(delivery.properties.messageID == "r:\(id)")
            }
            #expect(try await scene.end().map(\.reason) == bad.map { _ in "malformed" })
            #expect(try await scene.stage.recorded().keys.contains("A._:-9"))
        }

        @Test("H11: only JSON in UTF-8 without a wrapping is taken")
        func contentType() async throws {
            let scene = try await HostileScene()
            let foreign = [
                "text/plain", "application/jsonp", "application/json; charset=latin-1",
                "application/json;charset=utf-16",
                "application/json; charset=\"iso-8859-1\"", "", ";", "application/xml",
                String(repeating: "a", count: 255),
            ]
            for type in foreign {
                var message = scene.message(.send)
                message.contentType = Array(type.utf8)
                #expect(try await scene.problems(message) == ["content_type unsupported"], "\(type)")
            }
            var missing = scene.message(.send)
            missing.contentType = nil
            #expect(try await scene.problems(missing) == ["content_type missing"])
            for encoding in ["gzip", "deflate", "base64", "\u{0}"] {
                var message = scene.message(.send)
                message.contentEncoding = encoding
                #expect(try await scene.problems(message) == ["content_encoding unsupported"])
            }
            for type in ["application/json; charset=utf-8", "Application/JSON;charset=\"UTF-8\"", "application/json ;"]
            {
                var message = scene.message(.send)
                message.contentType = Array(type.utf8)
                #expect(try await scene.answer(to: message).reason == .notRegistered, "\(type)")
            }
            #expect(try await scene.end().count == foreign.count + 5)
        }

        @Test("H14: times that are past, far, impossible or no times at all")
        func times() async throws {
            let scene = try await HostileScene()
            let now = Timestamp.now()
            let body = #"{"user":"anna","channel":"sms","phone":"+14155550142"}"#
            func message(deadline: RawField? = nil, timestamp: UInt64? = nil, broker: RawField? = nil) -> RawMessage {
                var message = scene.message(.registerPhone, body)
                if let deadline { message.headers.append(("deadline", deadline)) }
                if let broker { message.headers.append(("timestamp_in_ms", broker)) }
                message.timestamp = timestamp
                return message
            }
            let past = ["1970-01-01T00:00:00Z", "2016-12-31T23:59:60Z", (now + .seconds(1)).description]
            for text in past {
                #expect(try await scene.answer(to: message(deadline: .text(text))).outcome == .late, "\(text)")
            }
            // Older than any record, by either clock.
            for old in [
                message(timestamp: 0), message(timestamp: 1), message(broker: .int64(0)), message(broker: .int64(.min)),
            ] {
                #expect(try await scene.answer(to: old).outcome == .late)
            }
            let bad: [RawField] = [
                .text(""), .text("tomorrow"), .text("0001-01-01T00:00:00Z"), .text("2099-01-01T00:00:00"),
                .text("2099-02-30T00:00:00Z"), .text("2099-01-01T25:00:00Z"), .text("+10000-01-01T00:00:00Z"),
                .text("2099-01-01 00:00:00Z"), .text(String(repeating: "9", count: 5000)), .int64(4_102_444_800),
                .timestamp(4_102_444_800), .bool(true), .table([]), .void, .bytes([0xFF]), .double(0.5),
            ]
            for deadline in bad {
                #expect(try await scene.problems(message(deadline: deadline)) == ["deadline malformed"], "\(deadline)")
            }
            // A clock ahead of ours, and a far deadline, count as now and as 120 s.
            let fine = [
                message(timestamp: UInt64.max), message(timestamp: UInt64(now.wholeSeconds) + 86400),
                message(deadline: .text("9999-12-31T23:59:59.999Z")), message(broker: .int64(.max)),
                message(broker: .text("0")),
            ]
            for message in fine {
                #expect(try await scene.answer(to: message).outcome == .sent)
            }
            let dead = try await scene.end(calls: fine.count)
            #expect(dead.map(\.reason) == bad.map { _ in "malformed" })
        }
    }
}
