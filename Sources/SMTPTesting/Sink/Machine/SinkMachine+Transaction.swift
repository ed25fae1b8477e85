internal import SMTPWire

extension SinkMachine {
    mutating func mailReceived(_ line: SinkCommandLine) {
        let path = line.path(behind: "FROM:")
        let regular = refusalOfMail(line, path) ?? .senderOK
        guard answer(.command, line, address: path?.address, regular).isPositive, let path else { return }
        endTransaction(.reset)
        transaction = SinkTransaction(
            session: record.number,
            reversePath: path,
            user: record.read { $0.user },
            isEncrypted: record.isEncrypted
        )
        transaction?.forwarded = forwarded
        forwarded = [:]
        reception = SinkReception(configuration.limits, offsets: script.contentOffsets)
    }

    private func refusalOfMail(_ line: SinkCommandLine, _ path: SinkPath?) -> SinkReply? {
        if enforces(.sequence), !record.hasHello { return .helloFirst }
        if enforces(.sequence), transaction != nil { return .nestedMail }
        if line.verb != .mail, misses(ServiceExtensions.Keyword(line.name)) { return .notImplemented }
        if enforces(.encryption), !record.isEncrypted { return .encryptionRequired }
        if enforces(.authentication), !record.hasUser { return .authenticationRequired }
        guard let path else { return .malformed }
        if let refusal = refusalOfParameters(path) { return refusal }
        if enforces(.extensions), !path.isASCII, path.value(of: "SMTPUTF8") == nil { return .notInternationalized }
        if path.hasParameters, let size = path.value(of: "SIZE") {
            guard let size = UInt64(size) else { return .malformed }
            if size > configuration.limits.contentLength { return .tooLarge }
        }
        return nil
    }

    mutating func recipientReceived(_ line: SinkCommandLine) {
        let path = line.path(behind: "TO:")
        let regular = refusalOfRecipient(path) ?? .recipientOK
        let isAccepted = answer(.command, line, address: path?.address, regular).isPositive
        guard let path, let count = transaction?.recipients.count else { return }
        guard isAccepted || count < configuration.limits.recipients else { return }
        transaction?.recipients.append(SinkTransaction.Recipient(forwardPath: path, isAccepted: isAccepted))
    }

    private func refusalOfRecipient(_ path: SinkPath?) -> SinkReply? {
        guard let transaction else { return .mailFirst }
        guard let path, !path.isEmpty else { return .malformed }
        if transaction.recipients.count >= configuration.limits.recipients { return .tooManyRecipients }
        if let refusal = refusalOfParameters(path) { return refusal }
        if enforces(.extensions), !path.isASCII, transaction.reversePath.value(of: "SMTPUTF8") == nil {
            return .notInternationalized
        }
        return nil
    }

    /// Refuses parameters of extensions that are not offered (RFC 5321 §4.1.1.11).
    private func refusalOfParameters(_ path: SinkPath) -> SinkReply? {
        guard path.hasParameters, enforces(.extensions) else { return nil }
        for parameter in path.parameters {
            let name = parameter.prefix { $0 != "=" }.uppercased()
            guard let keyword = Self.keyword(for: name, in: parameter), extensions.contains(keyword) else {
                return .unknownParameter
            }
        }
        return nil
    }

    /// The extension that a parameter belongs to; one that is not known has a keyword of its own name.
    private static func keyword(for name: String, in parameter: String) -> ServiceExtensions.Keyword? {
        switch name {
        case "BODY": parameter.uppercased().hasSuffix("=BINARYMIME") ? .binaryMIME : .eightBitMIME
        case "RET", "ENVID", "NOTIFY", "ORCPT": .dsn
        case "BY": .deliverBy
        case "HOLDFOR", "HOLDUNTIL": .futureRelease
        case "SOLICIT": .noSoliciting
        default: ServiceExtensions.Keyword(name)
        }
    }
}
