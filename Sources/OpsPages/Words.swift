import Basics
import Store
import Web
import Wire

/// Times and numbers as people read them.
enum Words {
    /// “14:02:11 UTC”, which the script has in the reader's own zone.
    static func clock(_ time: Timestamp) -> HTML {
        let text = time.description
        return "<time datetime=\"\(text)\">\(String(text.dropFirst(11).prefix(8))) UTC</time>"
    }

    /// “14:02:11 UTC (3 min ago)”; with its day when that is another one.
    static func moment(_ time: Timestamp, _ now: Timestamp) -> HTML {
        let day = String(time.description.prefix(10))
        let isToday = now.description.hasPrefix(day)
        let before: HTML = isToday ? .none : "\(day) "
        return "\(before)\(clock(time)) (\(duration(max(.zero, now - time))) ago)"
    }

    /// “23 s”, “4 min”, “2 h 5 min”, “3 days”.
    static func duration(_ duration: Duration) -> String {
        let seconds = max(0, duration.components.seconds)
        switch seconds {
        case ..<120: return "\(seconds) s"
        case ..<7200: return "\(seconds / 60) min"
        case ..<172_800:
            let minutes = seconds % 3600 / 60
            return "\(seconds / 3600) h" + (minutes == 0 ? "" : " \(minutes) min")
        default: return "\(seconds / 86_400) days"
        }
    }

    /// A number with how far it can be trusted: “≈ 12”, “≥ 4 min”, “–” with the reason behind it.
    static func figure<Value>(_ figure: Figure<Value>, _ text: (Value) -> String) -> HTML {
        guard let value = figure.value else {
            let why = figure.why ?? "not known"
            return "<span class=\"unknown\">– <small>\(why)</small></span>"
        }
        switch figure.kind {
        case .exact: return HTML(text: text(value))
        case .derived: return "<span title=\"concluded, right within some seconds\">≈ \(text(value))</span>"
        case .atLeast: return "<span title=\"at least\">≥ \(text(value))</span>"
        case .unknown: return "<span class=\"unknown\">– <small>\(figure.why ?? "not known")</small></span>"
        }
    }

    /// “1 worker”, “3 workers”.
    static func count(_ number: Int, _ one: String) -> String { "\(number) \(one)\(number == 1 ? "" : "s")" }

    /// What people do who wait in a lane.
    static func purpose(_ lane: LaneName) -> String {
        switch lane {
        case .send: "codes are sent"
        case .check: "codes are checked"
        case .account: "options, registrations, cancels"
        case .admin: "administrators' jobs"
        }
    }
}
