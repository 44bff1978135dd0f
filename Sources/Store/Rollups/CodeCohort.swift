public import Basics
public import Wire

/// By what a code is counted, whatever becomes of it later: as it was first sent.
///
/// Conversion goes by it: of the codes that were first sent in an hour, so many were entered.
public struct CodeCohort: Sendable, Hashable {
    /// When the first of its sends was recorded.
    public var sentAt: Timestamp
    /// What it is for.
    public var purpose: Purpose
    /// Where the person signs in.
    public var application: Application
    /// How it travelled first.
    public var channel: Channel
    /// ISO 3166-1 alpha-2 of the number; `nil` where its plan names none.
    public var country: String?

    package init(sentAt: Timestamp, purpose: Purpose, application: Application, channel: Channel, country: String?) {
        self.sentAt = sentAt
        self.purpose = purpose
        self.application = application
        self.channel = channel
        self.country = country
    }

    /// One line, as a store keeps it.
    package var packed: String {
        var text = ""
        text.reserveCapacity(48)
        text += String(sentAt.milliseconds)
        for word in [purpose.rawValue, application.rawValue, channel.rawValue, country ?? "-"] {
            text += " "
            text += word
        }
        return text
    }

    package init?(packed: String) {
        let words = packed.fields(separatedBy: UInt8(ascii: " "))
        guard words.count == 5, let at = Int64(words[0]), let purpose = Purpose(rawValue: words[1]),
            let application = Application(rawValue: words[2]), let channel = Channel(rawValue: words[3])
        else { return nil }
        self.init(
            sentAt: Timestamp(milliseconds: at), purpose: purpose, application: application, channel: channel,
            country: words[4] == "-" ? nil : words[4])
    }
}

/// What becomes of a code, each once but for repeats and wrong entries.
public enum CodeEvent: String, Sendable, CaseIterable {
    /// It went out for the first time.
    case sent
    /// It went out once more.
    case resent
    /// Somebody entered something, and Twilio compared it: the first time.
    case entered
    /// It was entered wrongly.
    case denied
    /// The last of the wrong entries that Twilio takes.
    case usedUp = "used_up"
    /// It was entered rightly.
    case approved
    /// Its login was given up.
    case canceled

    /// Wrong entries that Twilio takes of one code, whatever the site allows.
    package static let mostEntries = 5
}

/// What one outcome did to a code.
package struct CodeEvents: Sendable, Equatable {
    package var cohort: CodeCohort
    /// In their order.
    package var events: [CodeEvent]

    package init(_ cohort: CodeCohort, _ events: [CodeEvent]) { (self.cohort, self.events) = (cohort, events) }

    /// One line, as a store keeps it.
    package var packed: String {
        var text = ""
        text.reserveCapacity(64)
        for event in events {
            if !text.isEmpty { text += "," }
            text += event.rawValue
        }
        text += " "
        text += cohort.packed
        return text
    }

    /// `nil` for what a newer version wrote in another way.
    package init?(packed: String) {
        guard let space = packed.utf8.firstIndex(of: UInt8(ascii: " ")),
            let cohort = CodeCohort(packed: String(packed[packed.utf8.index(after: space)...]))
        else { return nil }
        self.init(
            cohort, packed[..<space].fields(separatedBy: UInt8(ascii: ",")).compactMap { CodeEvent(rawValue: $0) })
    }
}
