/// First in, first out; both ends in constant time on average.
struct FIFO<Element> {
    private var elements: [Element] = []
    private var head = 0

    var count: Int { elements.count - head }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ element: Element) {
        elements.append(element)
    }

    mutating func popFirst() -> Element? {
        guard head < elements.count else { return nil }
        let first = elements[head]
        head += 1
        // What was served is dropped in one go once it is the larger half.
        if head * 2 > elements.count {
            elements.removeFirst(head)
            head = 0
        }
        return first
    }

    /// Takes everything out, oldest first.
    mutating func drain() -> [Element] {
        defer { self = FIFO() }
        return Array(elements[head...])
    }
}
