import Basics
import Foundation
import Testing
import Wire

@testable import Store

@Suite("A planned call as a store seals it") struct PlannedCallTests {
    private static func calls() throws -> [PlannedCall] {
        let number = try #require(E164("+14155550142"))
        let place = NumberPlace(number: number, region: "US", isLandline: false)
        let bare = PlannedSend(
            place: NumberPlace(number: number, region: nil, isLandline: true), channel: .call, locale: nil,
            purpose: .login)
        let send = PlannedSend(
            place: place, channel: .sms, locale: "de-CH", purpose: .register, knownSID: "VE1",
            knownAttempts: ["VL1", "VL2"], cancels: "VE2", ticket: [0, 127, 255], wasConfirmed: true)
        let factor = PlannedFactor(
            user: "Zoë \"Z\"\u{1}/", identity: "someone", sid: "YF1",
            withheld: .enrolment(identity: "someone", .svg), looksAfter: Timestamp(milliseconds: 1_800_000_000_123))
        return [
            .send(bare), .send(send), .check(PlannedCheck(place: place, sid: "VE1", purpose: .login)),
            .check(PlannedCheck(place: place, sid: "VE1", purpose: .register, ticket: [1], wasConfirmed: true)),
            .cancel(PlannedCancel(codes: [])),
            .cancel(
                PlannedCancel(
                    codes: [OpenCode(number: "+14155550142", sid: "VE1")],
                    factors: [
                        OldFactor(identity: "a", factorSID: nil), OldFactor(identity: "b", factorSID: "YF1"),
                    ], withheld: .user)),
            .cancel(PlannedCancel(codes: [], reply: [123, 125], ends: .reset)),
            .cancel(PlannedCancel(codes: [], withheld: .code)), .cancel(PlannedCancel(codes: [], withheld: .ticket)),
            .enrol(factor), .prove(PlannedFactor(user: "u", identity: "i", sid: nil)),
            .challenge(PlannedChallenge(factor: factor, open: "YC1", request: "r")),
            .challenge(PlannedChallenge(factor: factor, open: nil, request: "r")),
        ]
    }

    @Test("is written as its types encode it, and read back as it was") func writing() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        for call in try Self.calls() {
            let written = CanonicalJSON.value { call.write(to: &$0) }
            #expect(
                String(decoding: written, as: UTF8.self) == String(decoding: try encoder.encode(call), as: UTF8.self))
            #expect(try JSONDecoder().decode(PlannedCall.self, from: Data(written)) == call)
        }
    }
}
