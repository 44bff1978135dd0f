/// What waits, in lines that take turns; within a line the first comes first. Pure.
struct Turns<Line: Hashable & Sendable, Element: Sendable>: Sendable {
    private var lines: [Line: [Element]] = [:]
    /// Those in which somebody waits; the next one first.
    private var order: [Line] = []

    var isEmpty: Bool { order.isEmpty }

    mutating func append(_ element: Element, to line: Line) {
        if lines[line] == nil { order.append(line) }
        lines[line, default: []].append(element)
    }

    mutating func popFirst() -> Element? {
        guard let line = order.first, let element = lines[line]?.removeFirst() else { return nil }
        order.removeFirst()
        if lines[line]?.isEmpty == false {
            order.append(line)
        } else {
            lines[line] = nil
        }
        return element
    }
}
