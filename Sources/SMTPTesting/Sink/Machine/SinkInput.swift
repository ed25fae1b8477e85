/// The octets received and not yet processed.
struct SinkInput {
    private var octets: [UInt8] = []
    private var head = 0

    /// How far no line feed was found.
    private var searched = 0

    /// Whether the line under way is too long and is being dropped.
    private(set) var isDropping = false

    var count: Int { octets.count - head }

    var isEmpty: Bool { count == 0 }

    var unread: ArraySlice<UInt8> { octets[head...] }

    mutating func append(_ new: UnsafeRawBufferPointer) {
        if head == octets.count {
            octets.removeAll(keepingCapacity: true)
            head = 0
            searched = 0
        } else if head > 4096, head > octets.count / 2 {
            octets.removeSubrange(..<head)
            searched = max(0, searched - head)
            head = 0
        }
        octets.append(contentsOf: new)
    }

    mutating func removeAll() {
        octets.removeAll(keepingCapacity: true)
        head = 0
        searched = 0
        isDropping = false
    }

    mutating func consume(_ count: Int) {
        head += count
    }

    /// Takes the next line, its end included; a line of more than `limit` octets comes as `nil` in `.some`.
    mutating func takeLine(limit: Int) -> [UInt8]?? {
        let from = max(head, searched)
        guard let end = octets[from...].firstIndex(of: 0x0A) else {
            searched = octets.count
            if isDropping || count > limit + 1 {
                isDropping = true
                head = octets.count
            }
            return nil
        }
        let line = octets[head...end]
        head = end + 1
        searched = head
        if isDropping || line.count > limit + 2 {
            isDropping = false
            return .some(nil)
        }
        return Array(line)
    }

    /// Calls `body` with at most `limit` of the octets.
    func withBytes<Value>(upTo limit: Int, _ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        octets.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[head..<head + min(limit, count)])) }
    }
}
