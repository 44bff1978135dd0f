import Basics
import Foundation

@testable import Wire

/// What holds of every message that was taken for a job.
struct JobPromise {
    let job: Job
    let read: ReadJob
    let envelope: Envelope

    func check() throws(BrokenPromise) {
        try insist(envelope.exchange == "verify" && job.kind.lane == envelope.lane, "a job by the wrong way")
        try insist(job.kind.rawValue == envelope.routingKey, "a job of another kind than its key")
        try insist(read.messageID == envelope.messageID && read.messageID != nil, "a job without its message id")
        try checkBody()
        try checkLogin()
        if case .check(let code, _) = job.request {
            try insist(
                (3...10).contains(code.revealed.utf8.count)
                    && code.revealed.utf8.allSatisfy { (0x30...0x39).contains($0) },
                "a code that is none")
        }
    }

    private func checkBody() throws(BrokenPromise) {
        guard case .bytes(let bytes) = envelope.body, bytes.count <= 16_384 else {
            throw BrokenPromise(description: "a job beyond the limit")
        }
        guard let value = try? JSONParser.parse(bytes, maximumDepth: bytes.count), case .object(let members) = value
        else {
            throw BrokenPromise(description: "a job that is no object")
        }
        try insist(Self.depth(value) <= 8, "a job beyond the limit of depth")
        try insist((0...members.count).contains(read.unknownFields), "more unknown fields than fields")
        // Another reader agrees that it is JSON.
        try insist((try? JSONDecoder().decode(AnyObject.self, from: Data(bytes))) != nil, "a job that is no JSON")
    }

    private func checkLogin() throws(BrokenPromise) {
        let login = job.login
        try insist(login.user.unicodeScalars.count <= 128, "a long user")
        try insist(!login.user.isEmpty || job.kind.isAdministration, "a login job without a user")
        let user = login.user.unicodeScalars
        try insist(user.allSatisfy { $0.properties.generalCategory != .control }, "a control character in a user")
        try insist(login.login.isEmpty || (8...64).contains(login.login.unicodeScalars.count), "an odd login")
        try insist((login.client ?? "x").unicodeScalars.count <= 128, "a long client")
    }

    private static func depth(_ value: JSONValue) -> Int {
        switch value {
        case .array(let elements): 1 + (elements.map(depth).max() ?? 0)
        case .object(let members): 1 + (members.values.map(depth).max() ?? 0)
        default: 0
        }
    }

    private struct AnyObject: Decodable {
        init(from decoder: any Decoder) throws { _ = try decoder.container(keyedBy: Key.self) }

        private enum Key: CodingKey {}
    }
}
