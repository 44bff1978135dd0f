import Basics
import Foundation

/// Keeps what tests say and hear on the wire, so that another program can hold it against docs/contract/schemas.
///
/// Does nothing unless `VERIFY_COURIER_TEST_CAPTURE` names a folder: then each test process writes one file there, a line
/// per job or announcement. What a person types and what opens a door is blanked first.
package enum WireCapture {
    // Never closed: it ends with the process.
    private static let file = Locked<FileHandle?>(open())

    /// Notes a job's body and its reply's.
    package static func note(_ key: String, job: [UInt8], reply: [UInt8]) {
        write(line(key, job: job, reply: reply))
    }

    /// Notes what a listener heard of an exchange.
    package static func note(heardOf exchange: String, _ body: [UInt8]) {
        write(line(["exchange": exchange, "body": blanked(body)]))
    }

    /// Notes what `health --json` printed: nobody's secrets are in it, and its codes are words.
    package static func note(health text: String) {
        guard let body = try? JSONSerialization.jsonObject(with: Data(text.utf8)) else { return }
        write(line(["exchange": "health", "body": body]))
    }

    /// `{"job": …, "key": …, "reply": …}`; a body that is no JSON is `null`.
    package static func line(_ key: String, job: [UInt8], reply: [UInt8]) -> String {
        line(["key": key, "job": blanked(job), "reply": blanked(reply)])
    }

    private static func write(_ line: String) {
        file.withLock { $0?.write(Data((line + "\n").utf8)) }
    }

    private static func line(_ message: [String: Any]) -> String {
        let data = try? JSONSerialization.data(
            withJSONObject: message, options: [.sortedKeys, .withoutEscapingSlashes])
        return data.map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }

    private static func open() -> FileHandle? {
        guard let folder = ProcessInfo.processInfo.environment["VERIFY_COURIER_TEST_CAPTURE"], !folder.isEmpty else {
            return nil
        }
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = "\(folder)/messages-\(RandomID.hex(bytes: 8)).ndjson"
        guard FileManager.default.createFile(atPath: path, contents: nil) else { return nil }
        return FileHandle(forWritingAtPath: path)
    }

    private static func blanked(_ body: [UInt8]) -> Any {
        let value = try? JSONSerialization.jsonObject(with: Data(body), options: [.fragmentsAllowed])
        return value.map { blanked($0) } ?? NSNull()
    }

    private static func blanked(_ value: Any) -> Any {
        if let list = value as? [Any] { return list.map { blanked($0) } }
        guard var members = value as? [String: Any] else { return value }
        for (name, member) in members {
            members[name] = (member as? String).map { blanked($0, of: name) } ?? blanked(member)
        }
        return members
    }

    /// The text in the same form, so that the schema still has something to say about it.
    private static func blanked(_ text: String, of field: String) -> String {
        switch field {
        case "code", "phone", "ticket": return String(text.map { $0.isNumber ? "0" : $0.isLetter ? "A" : $0 })
        case "secret": return String(text.map { $0 == " " ? " " : "A" })
        case "uri":
            return text.split(separator: "secret=", maxSplits: 1).first.map { "\($0)secret=A" } ?? ""
        case "data": return "blanked"
        default: return text
        }
    }
}
