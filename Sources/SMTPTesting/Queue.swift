/// First in, first out, at constant cost for each element.
struct Queue<Element> {
    private var elements: [Element?] = []
    private var head = 0

    var count: Int { elements.count - head }

    var isEmpty: Bool { count == 0 }

    var first: Element? { head < elements.count ? elements[head] : nil }

    mutating func append(_ element: Element) {
        elements.append(element)
    }

    mutating func popFirst() -> Element? {
        guard head < elements.count else { return nil }
        let element = elements[head].take()
        head += 1
        if head == elements.count {
            elements.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 1024, head > elements.count / 2 {
            elements.removeSubrange(..<head)
            head = 0
        }
        return element
    }

    /// Exchanges the first element with the one `offset` places behind it.
    mutating func moveToFront(_ offset: Int) {
        elements.swapAt(head, head + offset)
    }
}
