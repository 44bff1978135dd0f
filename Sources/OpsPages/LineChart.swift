import Basics
import Web

/// A line of numbers over time as a picture of its own (SVG), with its finding in words and its numbers as a table.
///
/// No script, at most some 5 kB. Axes begin at zero; where nothing was seen there is a gap, not a zero.
struct LineChart {
    struct Point: Equatable {
        var at: Timestamp
        /// `nil` where it is not known.
        var value: Int?
    }

    /// What the numbers are, such as `waiting in verify.send`.
    var subject: String
    var points: [Point]
    /// Where the axis begins.
    var from: Timestamp
    /// Where it ends.
    var to: Timestamp

    private static let (width, height) = (600, 96)
    /// Farther apart than this, two points have a gap between them: the widest grain, and a half.
    private static let gap: Duration = .seconds(90)

    private var shown: [Point] { points.filter { $0.at >= from && $0.at <= to } }
    private var most: Int { max(1, shown.compactMap(\.value).max() ?? 0) }

    /// The finding: the last number, the least and the most.
    var finding: String {
        let known = shown.compactMap { point in point.value.map { (point.at, $0) } }
        guard let last = known.last, let most = known.max(by: { $0.1 < $1.1 }) else {
            return "Nothing was seen in the last \(Words.duration(to - from))."
        }
        let clock = most.0.description.dropFirst(11).prefix(5)
        if most.1 == 0 { return "None \(subject) in the last \(Words.duration(to - (known.first?.0 ?? from)))." }
        return "\(last.1) \(subject); at most \(most.1), at \(clock) UTC."
    }

    /// Where there was never more than none, the words alone.
    var figure: HTML {
        guard shown.contains(where: { ($0.value ?? 0) > 0 }) else {
            return "<figure><figcaption>\(finding)</figcaption></figure>"
        }
        return """
            <figure><svg viewBox="0 0 \(Self.width) \(Self.height)" role="img" preserveAspectRatio="none" aria-label="\(finding)">\
            <line class="axis" x1="0" y1="\(Self.height - 1)" x2="\(Self.width)" y2="\(Self.height - 1)"/>\(lines)</svg>\
            <figcaption>\(finding)</figcaption></figure>
            """
    }

    private var lines: HTML {
        stretches(of: shown).map { stretch -> HTML in
            let path = stretch.map { "\(x($0.at)),\(y($0.value ?? 0))" }.joined(separator: " ")
            // A single point is no line.
            guard stretch.count > 1 else {
                return "<circle class=\"mark\" cx=\"\(x(stretch[0].at))\" cy=\"\(y(stretch[0].value ?? 0))\" r=\"2\"/>"
            }
            return "<polyline class=\"mark\" points=\"\(path)\"/>"
        }.joined(separator: "")
    }

    /// Points that belong together: none unknown, none far from the one before.
    func stretches(of points: [Point]) -> [[Point]] {
        var stretches: [[Point]] = []
        var last: Timestamp?
        for point in points {
            guard point.value != nil else {
                last = nil
                continue
            }
            if let before = last, point.at - before <= Self.gap {
                stretches[stretches.count - 1].append(point)
            } else {
                stretches.append([point])
            }
            last = point.at
        }
        return stretches
    }

    private func x(_ time: Timestamp) -> Int {
        let span = max(1, (to - from).milliseconds)
        return Int((time - from).milliseconds * Int64(Self.width) / span)
    }

    private func y(_ value: Int) -> Int { Self.height - 2 - value * (Self.height - 6) / most }
}
