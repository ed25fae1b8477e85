import SMTPWire

/// Replies and the failure that ends them.
private struct Outcome: Equatable {
    var replies: [SMTPReply] = []
    var failure: WireError?
    var partialByteCount = 0
}

private func outcome(_ pieces: [ArraySlice<UInt8>]) -> Outcome {
    var parser = ReplyParser()
    var result = Outcome()
    for piece in pieces {
        var rest = Array(piece)
        while !rest.isEmpty {
            do throws(WireError) {
                let (consumed, reply) = try parser.parse(rest.span.bytes)
                require(consumed > 0 && consumed <= rest.count, "no progress")
                rest.removeFirst(consumed)
                if let reply { result.replies.append(reply) }
            } catch {
                result.failure = error
                return result
            }
        }
    }
    result.partialByteCount = parser.partialByteCount
    require(parser.isInsideReply == (result.partialByteCount > 0), "inside and outside a reply")
    return result
}

/// However the octets are divided, the replies are the same; and each reply says itself again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = octets(data, count)
    guard let seed = input.first else { return 0 }
    let whole = outcome([input[1...]])
    require(outcome(pieces(input[1...], seed: seed)) == whole, "the borders matter")
    require(outcome(input[1...].indices.map { input[$0...$0] }) == whole, "the borders matter")
    for reply in whole.replies {
        let lines = reply.lines
        require(lines.count == reply.text.count && !lines.isEmpty, "lines without text")
        _ = (reply.description, reply.enhancedStatusCode?.meaning, reply.mailboxes, reply.severity, reply.category)
        var wire: [UInt8] = []
        for (index, line) in lines.enumerated() {
            wire += "\(reply.code)\(index + 1 < lines.count ? "-" : " ")".utf8
            wire += line
            wire += [0x0D, 0x0A]
        }
        // A bare code is said with a space, so that a line at the limit may grow beyond it.
        let again = outcome([wire[...]])
        require(again.replies == [reply] || again.failure != nil, "said again it is another")
    }
    return 0
}
