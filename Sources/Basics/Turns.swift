public import DequeModule

/// What waits, in lines that take turns; within a line the first comes first.
///
/// Pure.
///
/// Inlinable, so that whoever uses it has it made for its own types: every commit of a store goes through one.
public struct Turns<Line: Hashable & Sendable, Element: Sendable>: Sendable {
    @usableFromInline
    struct Queue: Sendable {
        @usableFromInline let line: Line
        @usableFromInline var elements: Deque<Element>

        @usableFromInline
        init(line: Line, elements: Deque<Element>) {
            self.line = line
            self.elements = elements
        }
    }

    /// The lines in which somebody waits; the next one first.
    ///
    /// They are few.
    @usableFromInline var queues: [Queue] = []
    /// An empty one whose memory the next line gets.
    @usableFromInline var spare: Deque<Element> = []
    /// How many wait, in all lines.
    public private(set) var count = 0

    /// With nothing in any line.
    public init() {}

    /// Whether nobody waits.
    @inlinable public var isEmpty: Bool { queues.isEmpty }

    /// Puts an element at the end of its line.
    @inlinable
    public mutating func append(_ element: Element, to line: Line) {
        countUp(by: 1)
        if let place = queues.firstIndex(where: { $0.line == line }) {
            queues[place].elements.append(element)
            return
        }
        var elements = spare
        spare = []
        elements.append(element)
        queues.append(Queue(line: line, elements: elements))
    }

    /// Takes out the first of the line whose turn it is, of the lines that may go.
    @inlinable
    public mutating func popFirst(where mayGo: (Line) -> Bool = { _ in true }) -> (line: Line, element: Element)? {
        guard let turn = queues.firstIndex(where: { mayGo($0.line) }) else { return nil }
        var queue = queues.remove(at: turn)
        let element = queue.elements.removeFirst()
        countUp(by: -1)
        if queue.elements.isEmpty { spare = queue.elements } else { queues.append(queue) }
        return (queue.line, element)
    }

    /// Has the first that is meant leave its line, in time by the line's length.
    @inlinable
    public mutating func remove(from line: Line, where isMeant: (Element) -> Bool) {
        guard let turn = queues.firstIndex(where: { $0.line == line }),
            let place = queues[turn].elements.firstIndex(where: isMeant)
        else { return }
        queues[turn].elements.remove(at: place)
        countUp(by: -1)
        if queues[turn].elements.isEmpty { queues.remove(at: turn) }
    }

    @usableFromInline
    mutating func countUp(by change: Int) { count += change }
}
