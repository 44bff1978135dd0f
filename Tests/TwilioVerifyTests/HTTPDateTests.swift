import Basics
import Foundation
import TestKit
import Testing

@testable import TwilioVerify

@Suite("Dates of HTTP headers") struct HTTPDateTests {
    @Test(arguments: 1...5) func `Every second reads as what it says`(seed: UInt64) {
        var generator = Seeded(seed)
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        for _ in 0..<200 {
            let seconds = Int64.random(in: 0..<253_402_300_800, using: &generator)
            let text = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
            #expect(HTTPDate.parse(text) == Timestamp(seconds: seconds), "\(text)")
        }
    }

    @Test(arguments: 1...5) func `Nothing makes it trip`(seed: UInt64) {
        var generator = Seeded(seed)
        let text = Array("Sun, 06 Nov 1994 08:49:37 GMT".utf8)
        for _ in 0..<500 {
            var damaged = text
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                damaged[Int.random(in: 0..<damaged.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            if let time = HTTPDate.parse(String(decoding: damaged, as: UTF8.self)) { #expect(time.milliseconds >= 0) }
        }
    }
}
