import Basics

/// The date form of HTTP headers, `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
enum HTTPDate {
    /// The first of January 1970 was a Thursday.
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// For times from 1970 on.
    static func text(_ time: Timestamp) -> String {
        let parts = time.roundedDown.description.split { "-T.Z".contains($0) }
        guard parts.count >= 4, let month = Int(parts[1]) else { return "" }
        let weekday = weekdays[Int(time.wholeSeconds / 86_400 % 7)]
        return "\(weekday), \(parts[2]) \(months[month - 1]) \(parts[0]) \(parts[3]) GMT"
    }
}
