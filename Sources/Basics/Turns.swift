import DequeModule

/// What waits, in lines that take turns; within a line the first comes first. Pure.
public struct Turns<Line: Hashable & Sendable, Element: Sendable>: Sendable {
    private var lines: [Line: Deque<Element>] = [:]
    /// Those in which somebody waits; the next one first.
    private var order: Deque<Line> = []
    /// How many wait, in all lines.
    public private(set) var count = 0

    public init() {}

    public var isEmpty: Bool { count == 0 }

    public mutating func append(_ element: Element, to line: Line) {
        if lines[line] == nil { order.append(line) }
        lines[line, default: []].append(element)
        count += 1
    }

    /// Takes out the first of the line whose turn it is, of the lines that may go.
    public mutating func popFirst(where mayGo: (Line) -> Bool = { _ in true }) -> (line: Line, element: Element)? {
        guard let turn = order.firstIndex(where: mayGo), let element = lines[order[turn]]?.popFirst() else {
            return nil
        }
        let line = order.remove(at: turn)
        if lines[line]?.isEmpty == false { order.append(line) } else { lines[line] = nil }
        count -= 1
        return (line, element)
    }

    /// Has the first that is meant leave its line, in time by the line's length.
    public mutating func remove(from line: Line, where isMeant: (Element) -> Bool) {
        guard let place = lines[line]?.firstIndex(where: isMeant) else { return }
        lines[line]?.remove(at: place)
        count -= 1
        guard lines[line]?.isEmpty == true else { return }
        lines[line] = nil
        order.removeAll { $0 == line }
    }
}
