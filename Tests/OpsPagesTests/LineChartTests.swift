import Basics
import Foundation
import TestKit
import Testing
import Web

@testable import OpsPages

@Suite("Charts")
struct LineChartTests {
    private let end = Sample.now
    private func chart(_ values: [(Int, Int?)]) -> LineChart {
        let points = values.map { LineChart.Point(at: end + .seconds($0.0), value: $0.1) }
        return LineChart(subject: "waiting", points: points, from: end - .seconds(3600), to: end)
    }

    @Test("a gap is a gap: what is unknown, or was not seen for long, is bridged by no line")
    func gaps() {
        let chart = chart([(-300, 1), (-240, 2), (-120, 3), (-60, nil), (-30, 4), (0, 5)])
        let stretches = chart.stretches(of: chart.points).map { $0.map { $0.value ?? -1 } }
        #expect(stretches == [[1, 2], [3], [4, 5]])
        #expect(chart.figure.source.components(separatedBy: "<polyline").count == 3)
        #expect(chart.figure.source.contains("<circle"))
    }

    @Test("the finding is in words")
    func findings() {
        #expect(chart([]).finding == "Nothing was seen in the last 60 min.")
        #expect(chart([(-60, nil)]).finding == "Nothing was seen in the last 60 min.")
        #expect(chart([(-60, 0), (0, 0)]).finding == "None waiting in the last 60 s.")
        #expect(!chart([(-60, 0), (0, 0)]).figure.source.contains("<svg"))
        #expect(chart([(-60, 9), (0, 2)]).finding == "2 waiting; at most 9, at 07:59 UTC.")
    }

    @Test("every mark is within the picture, whatever the numbers are")
    func bounds() {
        var random = Seeded(7)
        for _ in 0..<200 {
            let count = Int.random(in: 0...60, using: &random)
            let values = (0..<count).map { _ in
                (Int.random(in: -4000...100, using: &random), Int?.some(Int.random(in: 0...10_000_000, using: &random)))
            }.sorted { $0.0 < $1.0 }
            let source = chart(values).figure.source
            for match in source.matches(of: /(-?[0-9]+),(-?[0-9]+)/) {
                #expect((0...600).contains(Int(match.1) ?? -1) && (0...96).contains(Int(match.2) ?? -1))
            }
            #expect(source.utf8.count < 5000)
        }
    }
}
