import Basics
import TestKit
import Testing
import TwilioSimulator
import Wire

extension Hostile {
    @Suite struct Floods {
        private func registration(_ number: Int, phone: String) -> String {
            #"{"user":"u\#(number)","login":"sign-in-1","channel":"sms","phone":"\#(phone)"}"#
        }

        /// Publishes all at once, and returns all replies.
        private func answers(_ bodies: [String], _ kind: JobKind, _ scene: HostileScene) async throws -> [Reply] {
            let messages = bodies.map { scene.message(kind, $0) }
            for message in messages { #expect(try await scene.raw.publish(message) == .confirmed) }
            var replies: [Reply] = []
            for message in messages { replies.append(try await scene.answer(ofPublished: message)) }
            return replies
        }

        @Test("H17: however many ask for codes at one number, it gets as many as the limit says")
        func oneNumber() async throws {
            let scene = try await HostileScene()
            let replies = try await answers(
                (0..<200).map { registration($0, phone: "+14155550142") }, .registerPhone, scene)
            let throttled = replies.filter { $0.outcome == .throttled }
            #expect(replies.count { $0.outcome == .sent } == 5)
            #expect(throttled.count == 195)
            #expect(throttled.allSatisfy { $0.limit == .phone && $0.retryAt != nil })
            #expect(try await scene.end(calls: 5).isEmpty)
        }

        @Test("H17: numbers in sequence stop at the country's limit, all numbers at the site's")
        func sequence() async throws {
            let scene = try await HostileScene([
                "VERIFY_COURIER_LIMITS_UNPROVEN_SENDS_PER_COUNTRY_HOUR": "20",
                "VERIFY_COURIER_LIMITS_UNPROVEN_SENDS_PER_SITE_HOUR": "30",
            ])
            let american = (0..<100).map { registration($0, phone: "+1415555\(1000 + $0)") }
            let first = try await answers(american, .registerPhone, scene)
            #expect(first.count { $0.outcome == .sent } == 20)
            #expect(first.count { $0.outcome == .throttled && $0.limit == .country && $0.retryAt != nil } == 80)
            let canadian = (0..<40).map { registration(1000 + $0, phone: "+1604555\(1000 + $0)") }
            let second = try await answers(canadian, .registerPhone, scene)
            #expect(second.count { $0.outcome == .sent } == 10)
            #expect(second.count { $0.outcome == .throttled && $0.limit == .site && $0.retryAt != nil } == 30)
            #expect(try await scene.end(calls: 30).isEmpty)
        }

        @Test("H17: countries that are not served are blocked without a call")
        func countries() async throws {
            let scene = try await HostileScene()
            let phones = [
                "+442079460018", "+4930901820", "+33142685300", "+81312345678", "+8613812345678", "+919876543210",
                "+5511912345678", "+79161234567", "+2348031234567",
            ]
            let replies = try await answers(
                phones.enumerated().map { registration($0.offset, phone: $0.element) }, .registerPhone, scene)
            #expect(replies.allSatisfy { $0.outcome == .blocked && $0.reason == .countryNotAllowed })
            #expect(try await scene.end().isEmpty)
        }

        @Test("H18: however many codes are guessed at once, five reach the provider, and the person's tries run out")
        func guesses() async throws {
            let scene = try await HostileScene()
            let number = "+14155550142"
            let sent = scene.message(.registerPhone, registration(1, phone: number))
            #expect(try await scene.answer(to: sent).outcome == .sent)
            let right = scene.stage.code(number)
            let wrong = (0..<300).map { String(100_000 + $0) }.filter { $0 != right }
            let replies = try await answers(
                wrong.map { #"{"user":"u1","login":"sign-in-1","code":"\#($0)"}"# }, .check, scene)
            #expect(replies.count { $0.outcome == .denied } == 5)
            let rest = replies.filter { $0.outcome != .denied }
            #expect(rest.allSatisfy { $0.outcome == .throttled && $0.limit != nil && $0.retryAt != nil })
            #expect(scene.stage.simulator.requests(.check) == 5)
            #expect(try await scene.end(calls: 6).isEmpty)
        }
    }
}
