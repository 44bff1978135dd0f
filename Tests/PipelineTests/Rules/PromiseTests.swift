import Basics
import SitePolicy
import Store
import TestKit
import Testing
import TwilioVerify
import Wire

@testable import Pipeline

/// What contract section 3 says is always there, of any reply whatever the situation.
@Suite("Contract 3: always there")
struct PromiseTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    private func random(_ seed: UInt64) -> RandomSituation { RandomSituation(scene: scene, generator: Seeded(seed)) }

    private func expectPromises(_ answer: Answer, _ settings: PipelineSettings, _ note: String) throws {
        let reply = try answer.reply
        #expect(reply.outcome == answer.outcome && reply.reason == answer.reason, "\(note)")
        #expect(!reply.message.isEmpty && reply.at == scene.now.description, "\(note)")
        #expect(reply.job == "m-1" && reply.user == "u1" && reply.application == .web, "\(note)")
        #expect(!String(decoding: answer.body, as: UTF8.self).contains("4155550142"), "\(note)")
        let hasReason: Set<Outcome> = [
            .expired, .blocked, .notAllowed, .unknownJob, .unavailable, .uncertain, .invalid,
        ]
        #expect(hasReason.contains(reply.outcome) == (reply.reason != nil), "\(note) \(reply.outcome)")
        #expect((reply.limit != nil) == (reply.outcome == .throttled), "\(note)")
        #expect((reply.errors != nil) == (reply.outcome == .invalid), "\(note)")
        switch reply.outcome {
        case .sent: expectSent(reply, settings, note)
        case .denied: #expect(reply.checksLeft != nil, "\(note)")
        case .throttled, .uncertain: #expect(reply.retryAt != nil, "\(note)")
        case .blocked: #expect(reply.alternatives != nil, "\(note)")
        case .notAllowed where reply.reason == .methodDisabled: #expect(reply.alternatives != nil, "\(note)")
        default: break
        }
        for left in [reply.sendsLeft, reply.checksLeft].compactMap(\.self) {
            #expect((0...5).contains(left), "\(note)")
        }
        if let retryAt = reply.retryAt, reply.outcome == .throttled { #expect(retryAt > reply.at, "\(note)") }
    }

    private func expectSent(_ reply: Reply, _ settings: PipelineSettings, _ note: String) {
        #expect(reply.channel != nil && reply.to == "+1········42" && reply.expiresAt != nil, "\(note)")
        #expect(reply.sendsLeft != nil && reply.checksLeft != nil, "\(note)")
        #expect((reply.retryAt != nil) == settings.limits.enabled, "\(note)")
        if let retryAt = reply.retryAt { #expect(retryAt >= reply.at, "\(note)") }
    }

    @Test("3 Always there: whatever a send, check or cancel is decided on", arguments: UInt64(1)...UInt64(8))
    func decisions(seed: UInt64) throws {
        var random = random(seed)
        var seen: Set<String> = []
        for round in 0..<500 {
            let (situation, settings) = (random.situation(), random.settings())
            let patience = Duration.milliseconds(random.number(1500...30_000))
            let decisions = [
                scene.send(situation, random.channel(), purpose: random.purpose(), patience: patience) {
                    $0 = settings
                },
                scene.check(situation, method: random.method(), patience: patience) { $0 = settings },
                scene.cancel(situation, send: "m-2", patience: patience),
            ]
            for decision in decisions {
                guard let answer = decision.answer else { continue }
                try expectPromises(answer, settings, "seed \(seed), round \(round)")
                seen.insert("\(answer.outcome) \(answer.reason?.rawValue ?? "")")
            }
        }
        #expect(seen.count > 15, "\(seen.sorted())")
    }

    @Test("3 Always there: however a send ends", arguments: UInt64(11)...UInt64(18))
    func sends(seed: UInt64) throws {
        var random = random(seed)
        for round in 0..<200 {
            let (situation, settings) = (random.situation(), random.settings())
            let sending = try scene.sending(random.channel(), purpose: random.purpose(), settings: settings)
            let attempts = (0..<random.number(1...5)).map { "VL\($0)" }
            let answers = [
                sending.sent(scene.verification(attempts: attempts), situation),
                sending.refused(random.failure(), situation),
                sending.notSent(.late, situation), sending.notSent(.unavailable, situation),
                sending.notSent(.throttled, situation), sending.uncertain(situation),
            ]
            for answer in answers { try expectPromises(answer, settings, "seed \(seed), round \(round)") }
        }
    }

    @Test(
        "3 Always there: however a check ends; 5.5 only Twilio's approval approves", arguments: UInt64(21)...UInt64(28))
    func checks(seed: UInt64) throws {
        var random = random(seed)
        for round in 0..<200 {
            let (situation, settings) = (random.situation(), random.settings())
            let checking = try scene.checking(random.purpose(), repeats: random.number(0...2), settings: settings)
            let note = "seed \(seed), round \(round)"
            let never = [
                checking.denied(situation), checking.refused(random.failure(), situation),
                checking.expired(.codeExpired, situation), checking.notChecked(.late, situation),
                checking.notChecked(.unavailable, situation), checking.uncertain(gone: true, situation),
                checking.uncertain(gone: false, situation),
            ]
            for answer in never {
                try expectPromises(answer, settings, note)
                #expect(answer.outcome != .approved && answer.changes.approvals.isEmpty, "\(note)")
            }
            for answer in [checking.approved(situation), checking.converted(situation)] {
                try expectPromises(answer, settings, note)
                #expect(!(situation.wasReset && answer.outcome == .approved), "\(note)")
            }
        }
    }

    @Test(
        "6 Registration: no situation whatever changes a registered phone, or adds one without proof",
        arguments: UInt64(31)...UInt64(38))
    func phones(seed: UInt64) throws {
        var random = random(seed)
        for _ in 0..<500 {
            let (situation, settings) = (random.situation(), random.settings())
            let answer = try scene.checking(random.purpose(), settings: settings).approved(situation)
            for user in answer.changes.users {
                if let phone = situation.user?.phone { #expect(user.phone == phone) }
                guard situation.user?.phone == nil, user.phone != nil else { continue }
                let isProven = situation.user?.factors.isEmpty ?? true
                #expect(isProven || situation.approvedAt.map { scene.now - $0 <= .seconds(600) } == true)
                #expect(user.phone?.number == scene.number && answer.outcome == .approved)
            }
        }
    }
}
