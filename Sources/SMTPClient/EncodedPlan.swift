import SMTPSession

/// A plan with its commands encoded, shared by all the messages it fits.
final class EncodedPlan: Sendable {
    let plan: DeliveryPlan
    let transactions: [EncodedTransaction]

    init(_ plan: DeliveryPlan) {
        self.plan = plan
        transactions = plan.transactions.map { EncodedTransaction($0) }
    }
}

/// One transaction with its commands encoded.
final class EncodedTransaction: Sendable {
    let transaction: DeliveryPlan.Transaction
    private let mail: EncodedCommand
    private let recipients: [EncodedCommand]

    init(_ transaction: DeliveryPlan.Transaction) {
        self.transaction = transaction
        mail = EncodedCommand(transaction.mail)
        recipients = transaction.recipients.map { EncodedCommand($0) }
    }

    var recipientCount: Int { recipients.count }

    func command(for step: TransactionMachine.Step) -> EncodedCommand {
        switch step {
        case .clear: .reset
        case .mail: mail
        case .recipient(let index): recipients[index]
        case .data, .content, .terminator, .chunk: .data
        }
    }
}
