/// The order of a transaction's steps, and of the replies to them.
extension TransactionMachine.Shape {
    /// What is written behind `step`.
    func step(after step: TransactionMachine.Step) -> TransactionMachine.Step {
        switch step {
        case .clear: .mail
        case .mail: .recipients(isPipelined ? 0..<recipientCount : 0..<1)
        case .recipients(let range) where range.upperBound < recipientCount:
            .recipients(range.upperBound..<range.upperBound + 1)
        case .recipients: isChunked ? .chunk : .data
        case .data, .content, .terminator: .content
        case .chunk: .chunk
        }
    }

    /// What the reply behind one to `step` answers.
    func answered(after step: TransactionMachine.Step) -> TransactionMachine.Step {
        guard case .recipients(let range) = step, range.count > 1 else { return self.step(after: step) }
        return .recipients(range.dropFirst())
    }
}

extension TransactionMachine.Step {
    /// The verb of the command, or of the one the content follows.
    var verb: String {
        switch self {
        case .clear: "RSET"
        case .mail: "MAIL"
        case .recipients: "RCPT"
        case .data, .content, .terminator: "DATA"
        case .chunk: "BDAT"
        }
    }
}
