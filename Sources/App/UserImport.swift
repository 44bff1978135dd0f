public import Basics
import PhoneNumbers
public import Wire

/// People from a CSV file: flags and numbers that were proven elsewhere.
///
/// The first line names the columns: `user`, and any of `required`, `grace_until`, `phone`, in any order.
public struct UserImport: Sendable {
    /// A line that can be imported.
    public struct Entry: Sendable, Equatable {
        /// The line, from 1.
        public var line: Int
        /// The body of its `admin.user.set`, but for who asks.
        public var body: JobBody
    }

    /// A line that is not taken, and why.
    public struct Refusal: Sendable, Equatable, Encodable, CustomStringConvertible {
        /// The line, from 1.
        public var line: Int
        /// What is wrong with it; no number.
        public var why: String

        package init(line: Int, why: String) {
            self.line = line
            self.why = why
        }

        /// As it is printed.
        public var description: String { "line \(line): \(why)" }
    }

    /// On whose behalf.
    public let administrator: String
    /// The lines that can be imported, in their order.
    public private(set) var entries: [Entry] = []
    /// The lines that cannot, in their order.
    public private(set) var refusals: [Refusal] = []

    private static let columns = ["user", "required", "grace_until", "phone"]

    /// - Parameters:
    ///   - bytes: text in UTF-8.
    ///   - administrator: on whose behalf.
    ///   - now: no grace may end before it.
    /// - Throws: ``ImportProblem`` when the file as a whole cannot be read; nothing of it is taken then.
    public init(csv bytes: [UInt8], by administrator: String, now: Timestamp = .now()) throws(ImportProblem) {
        let records: [CSV.Record]
        do {
            records = try CSV.parse(try TextBytes.text(bytes))
        } catch let fault as TextBytes.Fault {
            throw ImportProblem("the file \(fault.message)")
        } catch {
            throw ImportProblem("\(error)")
        }
        guard let head = records.first else {
            throw ImportProblem("the file is empty: its first line names the columns")
        }
        let names = head.fields.map { $0.filter { $0 != " " }.lowercased() }
        for name in names where !Self.columns.contains(name) {
            let separator = [";", "\t"].contains { name.contains($0) } ? "; columns are separated by commas" : ""
            throw ImportProblem("there is no column '\(name)': use \(Self.columns.joined(separator: ", "))\(separator)")
        }
        guard names.contains("user"), Set(names).count == names.count else {
            throw ImportProblem("the first line must name the column 'user', and each column once")
        }
        self.administrator = administrator
        var seen: [String: Int] = [:]
        for record in records.dropFirst() { read(record, names, &seen, now) }
    }

    private mutating func read(
        _ record: CSV.Record, _ names: [String], _ seen: inout [String: Int], _ now: Timestamp
    ) {
        guard record.fields.count == names.count else {
            return refuse(record, "\(record.fields.count) fields, \(names.count) columns")
        }
        // White space around a field is a spreadsheet's, never a part of a name.
        let values = Dictionary(uniqueKeysWithValues: zip(names, record.fields.map(\.trimmed)))
        let user = values["user"] ?? ""
        if let line = seen[user] { return refuse(record, "the same user as line \(line)") }
        seen[user] = record.line
        var body = JobBody()
        body["user"] = .string(user)
        do throws(FieldFault) {
            if let text = values["required"], !text.isEmpty { body["required"] = .bool(try Self.flag(text)) }
            if let text = values["grace_until"], !text.isEmpty { body["grace_until"] = try Self.time(text, after: now) }
            if let text = values["phone"], !text.isEmpty { body["phone"] = try Self.phone(text) }
        } catch {
            return refuse(record, error.why)
        }
        guard !user.isEmpty else { return refuse(record, "user: missing") }
        if let why = malformed(body, now) { return refuse(record, why) }
        entries.append(Entry(line: record.line, body: body))
    }

    /// What a worker would find wrong with the job, by the very rules that it reads jobs by.
    private func malformed(_ body: JobBody, _ now: Timestamp) -> String? {
        var job = body
        job["operator"] = .string(administrator)
        var envelope = Envelope(
            lane: .admin, exchange: WireName.jobs, routingKey: JobKind.adminUserSet.rawValue,
            body: .bytes(job.encoded()), receivedAt: now)
        (envelope.contentType, envelope.messageID) = ("application/json", "import")
        switch JobDecoder().read(envelope).content {
        case .job: return nil
        case .invalid(_, let problems, _): return problems.map { "\($0.field): \($0.reason)" }.joined(separator: ", ")
        case .late, .unexpected: return "it cannot be made a job"
        }
    }

    private mutating func refuse(_ record: CSV.Record, _ why: String) {
        refusals.append(Refusal(line: record.line, why: why))
    }

    private struct FieldFault: Error { var why: String }

    private static func flag(_ text: String) throws(FieldFault) -> Bool {
        switch text.lowercased() {
        case "true", "yes", "1": return true
        case "false", "no", "0": return false
        default: throw FieldFault(why: "required: not true or false")
        }
    }

    private static func time(_ text: String, after now: Timestamp) throws(FieldFault) -> JSONValue {
        guard let time = Timestamp(rfc3339: text) else {
            throw FieldFault(why: "grace_until: no time such as 2027-01-31T00:00:00Z")
        }
        guard time > now else { throw FieldFault(why: "grace_until: is past") }
        return .string(text)
    }

    private static func phone(_ text: String) throws(FieldFault) -> JSONValue {
        do {
            return .string(try PhoneNumberParser.parse(text, region: nil).number.revealed)
        } catch {
            throw FieldFault(why: "phone: \(error.rawValue)")
        }
    }
}

/// A file that cannot be taken at all.
///
/// Exit code 65.
public struct ImportProblem: Error, Sendable, CustomStringConvertible {
    /// What is wrong with the whole of it, for whoever imports.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
