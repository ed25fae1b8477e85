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
    let mail: EncodedCommands
    let recipients: EncodedCommands

    init(_ transaction: DeliveryPlan.Transaction) {
        self.transaction = transaction
        mail = EncodedCommands([transaction.mail])
        recipients = EncodedCommands(transaction.recipients)
    }

    var recipientCount: Int { recipients.count }
}
