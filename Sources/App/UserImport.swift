import Basics
import PhoneNumbers
public import Wire

/// People from a CSV file: flags and numbers that were proven elsewhere.
///
/// The first line names the columns: `user`, and any of `required`, `grace_until`, `phone`, in any order.
public struct UserImport: Sendable {
    public struct Entry: Sendable, Equatable {
        public var line: Int
        public var body: JobBody
    }

    /// A line that is not taken, and why.
    public struct Refusal: Sendable, Equatable, Encodable, CustomStringConvertible {
        public var line: Int
        public var why: String

        public init(line: Int, why: String) {
            self.line = line
            self.why = why
        }

        public var description: String { "line \(line): \(why)" }
    }

    public private(set) var entries: [Entry] = []
    public private(set) var refusals: [Refusal] = []

    private static let columns = ["user", "required", "grace_until", "phone"]

    /// - Throws: ``ConfigProblem`` when the file as a whole cannot be read.
    public init(csv text: String) throws(ConfigProblem) {
        let records: [CSV.Record]
        do { records = try CSV.parse(text) } catch { throw ConfigProblem("\(error)") }
        guard let head = records.first else {
            throw ConfigProblem("the file is empty: its first line names the columns")
        }
        let names = head.fields.map { $0.filter { $0 != " " }.lowercased() }
        for name in names where !Self.columns.contains(name) {
            throw ConfigProblem("there is no column '\(name)': use \(Self.columns.joined(separator: ", "))")
        }
        guard names.contains("user"), Set(names).count == names.count else {
            throw ConfigProblem("the first line must name the column 'user', and each column once")
        }
        var seen: [String: Int] = [:]
        for record in records.dropFirst() { read(record, names, &seen) }
    }

    private mutating func read(_ record: CSV.Record, _ names: [String], _ seen: inout [String: Int]) {
        guard record.fields.count == names.count else {
            return refuse(record, "\(record.fields.count) fields, \(names.count) columns")
        }
        let values = Dictionary(uniqueKeysWithValues: zip(names, record.fields))
        let user = values["user"] ?? ""
        if let line = seen[user] { return refuse(record, "the same user as line \(line)") }
        seen[user] = record.line
        var body = JobBody()
        body["user"] = .string(user)
        do throws(ImportProblem) {
            if let text = values["required"], !text.isEmpty { body["required"] = .bool(try Self.flag(text)) }
            if let text = values["grace_until"], !text.isEmpty { body["grace_until"] = try Self.time(text) }
            if let text = values["phone"], !text.isEmpty { body["phone"] = try Self.phone(text) }
        } catch {
            return refuse(record, error.why)
        }
        guard !user.isEmpty else { return refuse(record, "user: missing") }
        entries.append(Entry(line: record.line, body: body))
    }

    private mutating func refuse(_ record: CSV.Record, _ why: String) {
        refusals.append(Refusal(line: record.line, why: why))
    }

    private struct ImportProblem: Error { var why: String }

    private static func flag(_ text: String) throws(ImportProblem) -> Bool {
        switch text.lowercased() {
        case "true", "yes", "1": return true
        case "false", "no", "0": return false
        default: throw ImportProblem(why: "required: not true or false")
        }
    }

    private static func time(_ text: String) throws(ImportProblem) -> JSONValue {
        guard Timestamp(rfc3339: text) != nil else {
            throw ImportProblem(why: "grace_until: no time such as 2027-01-31T00:00:00Z")
        }
        return .string(text)
    }

    private static func phone(_ text: String) throws(ImportProblem) -> JSONValue {
        do {
            return .string(try PhoneNumberParser.parse(text, region: nil).number.revealed)
        } catch {
            throw ImportProblem(why: "phone: \(error.rawValue)")
        }
    }
}
