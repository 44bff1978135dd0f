import Basics
import Pipeline
import Store
import TestKit
import Testing
import Wire

@Suite("Stories: the audit trail", .timeLimit(.minutes(10)))
struct TrailStories {
    private static let bodies: [JobKind: [String: JSONValue]] = [
        .adminOptionsSet: ["options": .object(["2FA_VER_SMS": "Enabled"])], .adminUserErase: ["reason": "r"],
        .adminUserReset: ["reason": "r"], .adminUserBypass: ["reason": "r", "minutes": 5],
        .adminUserRename: ["to": "bob"], .adminUserDelivery: ["job": "m-0"],
    ]
    private static let portal = FrontEnd(name: "portal", scope: .any, isAdmin: true)

    @Test("2 audit trail: a line for every administrator's job, refused ones too", arguments: StoreKind.allCases)
    func trail(_ kind: StoreKind) async throws {
        let frontEnds = ["portal": Self.portal, "desk": FrontEnd(name: "desk", scope: .any)]
        try await story(kind, { $0.frontEnds = frontEnds }) { site, worker in
            var expected: [(JobKind, Outcome)] = []
            for kind in JobKind.allCases where kind.isAdministration {
                let body = Self.bodies[kind, default: [:]].merging(
                    ["user": "anna", "operator": "root", "application": "web"]) { $1 }
                let done = try await worker.ask(kind, body)
                // Nobody is there to rename, and nothing was sent.
                let isRefused = kind == .adminUserRename || kind == .adminUserDelivery
                #expect(done.outcome == (isRefused ? .invalid : .done), "\(kind)")
                let spoilt: [String: JSONValue] = ["operator": "root", "user": 7, "ids": 7, "options": 7, "limit": 0]
                let refused = try await worker.ask(kind, spoilt)
                #expect(refused.outcome == (kind == .adminOptionsGet ? .done : .invalid), "\(kind)")
                let foreign = try await worker.ask(kind, body) {
                    ($0.userID, $0.replyTo) = ("desk", "verify.reply.desk.1")
                }
                #expect(foreign.outcome == .notAllowed && foreign.reason == .notAdmin)
                let late = try await worker.ask(kind, body) { $0.deadline = site.now.description }
                #expect(late.outcome == .late)
                expected += [done, refused, foreign, late].map { (kind, $0.outcome) }
            }
            var query = AuditQuery()
            query.limit = 1000
            let entries = Array(try await worker.store.audit(query).reversed())
            #expect(entries.map(\.kind) == expected.map { .job($0.0) })
            #expect(entries.map(\.outcome) == expected.map(\.1))
            #expect(entries.allSatisfy { $0.administrator == "root" })
            #expect(Set(entries.map(\.frontEnd)) == ["portal", "desk"])
        }
    }

    @Test("2 audit trail: also of what was buried and reused; a repeat adds nothing", arguments: StoreKind.allCases)
    func refused(_ kind: StoreKind) async throws {
        try await story(kind, { $0.frontEnds = ["portal": Self.portal] }) { site, desk in
            let body: [String: JSONValue] = ["user": "anna", "operator": "root"]
            var job = try desk.envelope(.adminUserUnlock, body, id: "m-1")
            _ = try await desk.process(job)
            _ = try await desk.process(job)
            #expect(try await desk.store.audit(AuditQuery()).count == 1)
            #expect(try await desk.ask(.adminUserGet, body, id: "m-1").reason == .messageIDReused)
            job.userID = nil
            #expect(try await desk.process(job).publication == nil)
            (job.userID, job.replyTo) = ("portal", "verify.send")
            #expect(try await desk.process(job).publication == nil)
            let entries = try await desk.store.audit(AuditQuery())
            #expect(entries.count == 4 && entries.allSatisfy { $0.user == "anna" && $0.administrator == "root" })
            let details = [#"{"dead_letter":"reply_to_refused"}"#, #"{"dead_letter":"unauthenticated"}"#]
            #expect(entries.prefix(2).map(\.detail) == details && entries[2].reason == .messageIDReused)
        }
    }
}
