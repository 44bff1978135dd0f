import App
import Basics
import Store
import Wire

/// What became of a job, as `outcomes show` tells it.
struct CourseText {
    private let course: JobCourse

    init(_ course: JobCourse) { self.course = course }

    /// For whoever has a caller on the line: the steps in the order in which they were, each in words.
    var lines: [StyledLine] {
        var lines: [StyledLine] = []
        for timeline in course.timelines {
            lines.append(StyledLine(Self.head(timeline), .head))
            for event in timeline.events { lines += Self.lines(event) }
            if let waitsFor = timeline.waitsFor { lines.append("  waits for \(waitsFor)") }
        }
        if !course.others.isEmpty {
            lines.append(StyledLine("in the same sign-in", .head))
            lines += course.others.map { "  \($0.at)  \(Self.ended($0))  id \($0.messageID)" }
        }
        for entry in course.outcomes {
            lines.append(StyledLine("outcome", .head))
            lines += Self.lines(entry)
        }
        return lines
    }

    private static func head(_ timeline: JobTimeline) -> String {
        let facts = [
            timeline.kind.rawValue, "of \(timeline.user)", "at \(timeline.application.rawValue)",
            timeline.key.frontEnd.isEmpty ? nil : "through \(timeline.key.frontEnd)", "id \(timeline.key.messageID)",
        ]
        return facts.compactMap(\.self).joined(separator: "  ")
    }

    private static func lines(_ event: JobTimeline.Event) -> [StyledLine] {
        let step = event.detail.isEmpty ? event.name : "\(event.name)  \(event.detail)"
        var lines: [StyledLine] = ["  \(event.at)  \(step)"]
        if let advice = event.advice { lines.append("      to do: \(advice)") }
        let names = [event.call?.sid, event.call?.requestID.map { "request \($0)" }].compactMap(\.self)
        if !names.isEmpty { lines.append("      at Twilio: \(names.joined(separator: ", "))") }
        return lines
    }

    private static func ended(_ entry: HistoryEntry) -> String {
        [entry.kind.rawValue, entry.outcome.rawValue, entry.reason?.rawValue].compactMap(\.self)
            .joined(separator: "  ")
    }

    private static func lines(_ entry: HistoryEntry) -> [StyledLine] {
        let code = entry.providerCode.map { "Twilio's error \($0)" }
        let about = [
            entry.channel.map { "by \($0.rawValue)" }, entry.masked.map { "to \($0)" },
            entry.country.map { "in \($0)" },
            entry.login.map { "sign-in \($0)" }, entry.sid,
        ].compactMap(\.self)
        var lines: [StyledLine] = [
            "  \(entry.at)  \([ended(entry), code].compactMap(\.self).joined(separator: "  "))"
        ]
        if !about.isEmpty { lines.append("      \(about.joined(separator: "  "))") }
        if let text = entry.toTell { lines.append("      tell the caller: \(text)") }
        return lines
    }
}

extension CourseText {
    /// For programs: an object for each step, for each other job of the sign-in, and for each outcome.
    var json: [String] {
        course.timelines.flatMap(Self.json) + course.others.map(Self.json(other:))
            + course.outcomes.flatMap { entry in
                let told = entry.toTell.map { text in
                    Self.object(["event": "tell_the_caller", "detail": text, "message_id": entry.messageID])
                }
                return (told.map { [$0] } ?? []) + [entry.json]
            }
    }

    private static func json(_ timeline: JobTimeline) -> [String] {
        let who: [String: String?] = [
            "job": timeline.kind.rawValue, "user": timeline.user, "application": timeline.application.rawValue,
            "front_end": timeline.key.frontEnd, "message_id": timeline.key.messageID,
        ]
        let steps = timeline.events.map { event in
            let texts: [String: String?] = [
                "at": event.at.description, "event": event.name, "detail": event.detail, "advice": event.advice,
                "operation": event.call?.operation, "result": event.call?.result, "sid": event.call?.sid,
                "request": event.call?.requestID,
            ]
            return object(
                texts.merging(who) { $1 },
                numbers: ["milliseconds": event.call?.milliseconds, "provider_code": event.call?.code])
        }
        let waits = timeline.waitsFor.map { what in
            object(["event": "waits_for", "detail": what].merging(who) { $1 })
        }
        return steps + (waits.map { [$0] } ?? [])
    }

    private static func json(other entry: HistoryEntry) -> String {
        object([
            "at": entry.at.description, "event": "same_sign_in", "job": entry.kind.rawValue, "user": entry.user,
            "application": entry.application.rawValue, "front_end": entry.frontEnd, "message_id": entry.messageID,
            "detail": [entry.outcome.rawValue, entry.reason?.rawValue].compactMap(\.self).joined(separator: " "),
        ])
    }

    /// What has no value is left out.
    fileprivate static func object(_ texts: [String: String?], numbers: [String: Int?] = [:]) -> String {
        var fields = texts.compactMapValues { $0 }.filter { !$0.value.isEmpty }.mapValues { JSONValue.string($0) }
        for (name, number) in numbers { fields[name] = number.map { .number(String($0)) } }
        return String(decoding: JSONValue.object(fields).encoded(), as: UTF8.self)
    }
}

extension HistoryEntry {
    /// As one object; absent fields are left out.
    var json: String {
        CourseText.object(
            [
                "at": at.description, "begun_at": begunAt.description, "job": kind.rawValue, "user": user,
                "application": application.rawValue, "login": login, "to": masked, "channel": channel?.rawValue,
                "country": country, "outcome": outcome.rawValue, "reason": reason?.rawValue, "sid": sid,
                "front_end": frontEnd, "message_id": messageID,
            ], numbers: ["provider_code": providerCode])
    }
}
