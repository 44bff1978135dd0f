import Basics

/// The preferred date form of HTTP, `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
enum HTTPDate {
    private static let months: [StaticString] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Where what stands in a date: `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func parse(_ text: String) -> Timestamp? {
        guard text.utf8.count == 29 else { return nil }
        var text = text
        return text.withUTF8 { bytes in
            guard isName(bytes[0..<3]), bytes[3..<5].elementsEqual(", ".utf8), bytes[7] == 0x20, bytes[11] == 0x20,
                bytes[16] == 0x20, bytes[19] == 0x3A, bytes[22] == 0x3A, bytes[25...].elementsEqual(" GMT".utf8),
                let month = month(bytes[8..<11]), let day = number(bytes[5..<7], in: 1...31),
                let year = number(bytes[12..<16], in: 1970...9999), let hour = number(bytes[17..<19], in: 0...23),
                let minute = number(bytes[20..<22], in: 0...59), let second = number(bytes[23..<25], in: 0...60)
            else { return nil }
            let days = days(year: year, month: month, day: day)
            return Timestamp(seconds: Int64(days * 86_400 + hour * 3600 + minute * 60 + second))
        }
    }

    /// The day of the week, whichever it is: it says nothing that the date does not.
    private static func isName(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool { !bytes.contains(0x20) }

    private static func month(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        months.firstIndex { name in name.withUTF8Buffer { $0.elementsEqual(bytes) } }.map { $0 + 1 }
    }

    private static func number(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, in range: ClosedRange<Int>) -> Int? {
        var value = 0
        for byte in bytes {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return range.contains(value) ? value : nil
    }

    /// Days since 1970-01-01 of a date of the Gregorian calendar, counting years from March so that the leap day is
    /// the last of its year.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }
}
