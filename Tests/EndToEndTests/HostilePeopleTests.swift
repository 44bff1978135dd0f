import Foundation
import TestKit
import Testing
import TwilioSimulator
import Wire

extension Hostile {
    /// What people, or those who pretend to be people, type.
    @Suite struct People {
        private func json(_ fields: [String: String]) throws -> String {
            String(decoding: try JSONEncoder().encode(fields), as: UTF8.self)
        }

        @Test("H8: what is no number that anybody may be sent a code at reaches no provider")
        func noNumbers() async throws {
            let scene = try await HostileScene()
            let texts = [
                "+19005550142", "1-900-555-0142", "112", "911", "12345", "1234567890123456", "+1234567890123456",
                "+14155550142 ext. 5", "+14155550142;ext=5", "+14155550142x5", "+14155550142'; DROP TABLE user;--",
                "+14155550142\r\nX-Evil: 1", "+14155550142&To=+14155550199", "+14155550142,+14155550199", "",
                "+", "+1", "hello", "()", "\u{0}", "+0000000000", "javascript:alert(1)", "%2B14155550142",
                "+1\u{202E}4155550142", "${jndi:ldap://x}", "../../etc/passwd", String(repeating: "1", count: 64),
                String(repeating: "+", count: 64), String(repeating: "1", count: 65),
                String(repeating: "9", count: 10_000),
            ]
            for text in texts {
                let fields = ["user": "anna", "channel": "sms", "region": "US", "phone": text]
                let problems = try await scene.problems(scene.message(.registerPhone, try json(fields)))
                #expect(problems.count == 1 && problems[0].hasPrefix("phone "), "\(text.prefix(20)): \(problems)")
            }
            for region in ["U", "USA", "1S", "ÜS", "  "] {
                let fields = ["user": "anna", "channel": "sms", "region": region, "phone": "4155550142"]
                let problems = try await scene.problems(scene.message(.registerPhone, try json(fields)))
                #expect(problems.count == 1 && problems[0].hasPrefix("region "), "\(region): \(problems)")
            }
            _ = try await scene.end()
        }

        @Test("H8: the ways in which people write a number lead to that number and no other")
        func numbers() async throws {
            let scene = try await HostileScene()
            let texts = [
                "+14155550142", "  +1 (415) 555-0142 ", "415.555.0142", "1 415 555 0142", "＋１４１５５５５０１４２",
                "٤١٥٥٥٥٠١٤٢", "۴۱۵۵۵۵۰۱۴۲", "011 1 415 555 0142", "+1\u{A0}415\u{2011}555\u{2013}0142",
                "\u{200F}+14155550142",
                "+1415\u{200B}5550142", "tel:+1-415-555-0142", "+1/415/5550142",
            ]
            for (index, text) in texts.enumerated() {
                let fields = [
                    "user": "anna\(index)", "login": "sign-in-\(index)", "channel": "sms", "region": "US",
                    "phone": text,
                ]
                let reply = try await scene.answer(to: scene.message(.registerPhone, try json(fields)))
                #expect(reply.outcome == .sent || reply.outcome == .invalid || reply.outcome == .throttled, "\(text)")
                if reply.outcome == .sent { #expect(reply.to == "+1········42") }
            }
            #expect(Set(scene.stage.simulator.outbox().map(\.to)) == ["+14155550142"])
            #expect(try await scene.end(calls: scene.stage.simulator.requests(.start)).isEmpty)
        }

        @Test(
            "H9: codes are digits, blanks and dashes of any script; everything else costs no try and reaches no provider"
        )
        func codes() async throws {
            let scene = try await HostileScene()
            let number = "+14155550142"
            let login = ["user": "anna", "login": "sign-in-1"]
            let sent = scene.message(
                .registerPhone, try json(login.merging(["phone": number, "channel": "sms"]) { $1 }))
            #expect(try await scene.answer(to: sent).outcome == .sent)
            let bad = [
                "", " ", "-", "12", "12345678901", "１２", "①②③④⑤⑥", "' OR 1=1", "12345a", "1 2", "1.2.3.4.5.6",
                "+123456",
                "123456\u{0}", "\u{200B}12", "一二三四", "0x1234", "1e6", String(repeating: "1", count: 10_000),
                String(repeating: " ", count: 60) + "12345",
            ]
            for code in bad {
                let check = scene.message(.check, try json(login.merging(["code": code]) { $1 }))
                let problems = try await scene.problems(check)
                #expect(problems.count == 1 && problems[0].hasPrefix("code "), "\(code.prefix(20)): \(problems)")
            }
            let number123456 = scene.message(.check, #"{"user":"anna","login":"sign-in-1","code":123456}"#)
            #expect(try await scene.problems(number123456) == ["code wrong_type"])
            #expect(scene.stage.simulator.requests(.check) == 0)
            // None of them counted: all five tries are there. Twilio refuses a wrong length, which counts.
            let code = scene.stage.code(number)
            for (index, wrong) in ["123", "1234567890", String(code.reversed()) + "0"].enumerated() {
                let check = scene.message(.check, try json(login.merging(["code": wrong]) { $1 }))
                let reply = try await scene.answer(to: check)
                #expect(reply.outcome == .denied)
                #expect(reply.checksLeft == 4 - index)
            }
            // As an Arabic keyboard writes it, pasted with what cannot be seen.
            let arabic = code.unicodeScalars.compactMap { Unicode.Scalar($0.value + 0x630) }.map { String($0) }
            let spaced = arabic.joined(separator: " \u{2011}\u{A0}")
            let right = scene.message(.check, try json(login.merging(["code": "\u{2067}\(spaced)\u{2069}\n"]) { $1 }))
            #expect(try await scene.answer(to: right).outcome == .approved)
            let dead = try await scene.end(calls: 5)
            // What a person mistyped is not kept; a number where text belongs is the program's mistake.
            #expect(dead.map(\.reason) == ["malformed"])
            #expect(!scene.worker.output.contains(code))
        }
    }
}
