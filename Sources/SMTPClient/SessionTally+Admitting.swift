import SMTPSession
internal import SMTPWire

/// What is left of what a server allows a session (RFC 9422 §4).
extension SessionTally {
    /// Whether MAIL was sent as often as the server takes it; refused ones count too (§4.1).
    func isAtMailLimit(_ limits: SessionLimits) -> Bool {
        limits.mailCount.map { mailCount >= $0 } ?? false
    }

    /// Leaves out recipients at more domains than the server takes in a session, refused ones included (§4.3).
    ///
    /// - Returns: `nil` if nobody is left, or if it is all or nothing.
    mutating func admit(_ transaction: DeliveryPlan.Transaction, of plan: DeliveryPlan) -> DeliveryPlan.Transaction? {
        guard let limit = plan.limits.domainCount else { return transaction }
        var domains = domains
        let places = transaction.indices.indices.filter { place in
            guard let domain = plan.forwardPaths[transaction.indices[place]].domain else { return true }
            guard !domains.contains(domain) else { return true }
            guard domains.count < limit else { return false }
            domains.insert(domain)
            return true
        }
        if places.count < transaction.indices.count, places.isEmpty || plan.policy == .allOrNothing { return nil }
        self.domains = domains
        return places.count == transaction.indices.count ? transaction : transaction.keeping(places)
    }
}

extension SessionTally {
    /// Does the same to a transaction that is encoded.
    mutating func admit(_ encoded: EncodedTransaction, of planned: EncodedPlan) -> EncodedTransaction? {
        guard planned.plan.limits.domainCount != nil else { return encoded }
        guard let admitted = admit(encoded.transaction, of: planned.plan) else { return nil }
        return admitted.indices.count == encoded.recipientCount ? encoded : EncodedTransaction(admitted)
    }
}

extension DeliveryPlan.Transaction {
    /// The same for some of its recipients.
    func keeping(_ places: [Int]) -> Self {
        Self(mail: mail, recipients: places.map { recipients[$0] }, indices: places.map { indices[$0] })
    }
}

extension ForwardPath {
    /// The domain in lower case and in ASCII, or `nil` for a path without one.
    fileprivate var domain: String? {
        guard case .mailbox(let mailbox) = self else { return nil }
        guard case .domain(let domain) = mailbox.host else { return mailbox.host.description.lowercased() }
        return (domain.asciiForm ?? domain).name.lowercased()
    }
}
