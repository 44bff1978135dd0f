import Basics

/// The preferred date form of HTTP, `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func parse(_ text: String) -> Timestamp? {
        let words = text.split(separator: " ", maxSplits: 6)
        guard text.utf8.count == 29, words.count == 6, words[5] == "GMT",
            let month = months.firstIndex(of: String(words[2])),
            let day = number(words[1], digits: 2, in: 1...31), let year = number(words[3], digits: 4, in: 1970...9999),
            let second = secondOfDay(words[4])
        else { return nil }
        return Timestamp(seconds: Int64(days(year: year, month: month + 1, day: day) * 86_400 + second))
    }

    private static func secondOfDay(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let hour = number(parts[0], digits: 2, in: 0...23),
            let minute = number(parts[1], digits: 2, in: 0...59), let second = number(parts[2], digits: 2, in: 0...60)
        else { return nil }
        return hour * 3600 + minute * 60 + second
    }

    private static func number(_ text: Substring, digits: Int, in range: ClosedRange<Int>) -> Int? {
        guard text.utf8.count == digits, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text).flatMap { range.contains($0) ? $0 : nil }
    }

    /// Days since 1970-01-01 of a date of the Gregorian calendar, counting years from March so that the leap day is
    /// the last of its year.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }
}
