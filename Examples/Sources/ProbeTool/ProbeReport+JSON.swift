import SMTPTransport
import SMTPWire
import ToolSupport

/// The report as one line of JSON; what is not known is null.
extension ProbeReport {
    func json(withPEM: Bool = false) -> String {
        JSON.object([
            ("ok", JSON.boolean(failure == nil)),
            ("server", JSON.string(endpoint?.description)),
            ("address", JSON.string(address)),
            ("security", JSON.string(security?.rawValue)),
            ("greeting", greeting?.json ?? "null"),
            ("extensionsInClear", extensionsInClear?.json ?? "null"),
            ("tls", tls?.json(withPEM: withPEM) ?? "null"),
            ("extensionsUnderTLS", extensionsUnderTLS?.json ?? "null"),
            ("answers", JSON.array(answers.map(\.json))),
            ("error", failure?.json ?? "null"),
        ])
    }
}

extension SMTPReply {
    fileprivate var json: String {
        JSON.object([
            ("code", JSON.number(code.rawValue)), ("text", JSON.array(text.map { JSON.string($0) })),
        ])
    }
}

extension ProbeAnswer {
    fileprivate var json: String {
        JSON.object([
            ("command", JSON.string(question.line)),
            ("code", JSON.number(reply.code.rawValue)),
            ("enhanced", JSON.string(reply.enhancedStatusCode?.description)),
            ("text", JSON.array(reply.text.map { JSON.string($0) })),
            ("mailboxes", JSON.array(reply.mailboxes.map(\.json))),
        ])
    }
}

extension NamedMailbox {
    fileprivate var json: String {
        JSON.object([("name", JSON.string(name)), ("address", JSON.string(mailbox.description))])
    }
}

extension ServiceExtensions {
    fileprivate var json: String {
        JSON.array(
            lines.map { line in
                JSON.object([
                    ("keyword", JSON.string(line.keyword)),
                    ("parameters", JSON.array(line.parameters.map { JSON.string($0) })),
                ])
            }
        )
    }
}

extension TLSInfo {
    fileprivate func json(withPEM: Bool) -> String {
        JSON.object([
            ("version", JSON.string(version.description)),
            ("cipher", JSON.string(cipher)),
            ("serverName", JSON.string(serverName)),
            ("isVerified", JSON.boolean(verification == .passed)),
            ("failedCheck", JSON.string(failure.map { "\($0.check)" })),
            ("reason", JSON.string(failure?.description)),
            ("failedCertificate", JSON.number(failure?.depth)),
            ("isForName", JSON.boolean(serverName.flatMap { peerCertificates.first?.isFor($0) })),
            ("certificates", JSON.array(peerCertificates.map { $0.json(withPEM: withPEM) })),
        ])
    }

    private var failure: TLSVerificationFailure? {
        if case .failed(let failure) = verification { failure } else { nil }
    }
}

extension TLSCertificate {
    fileprivate func json(withPEM: Bool) -> String {
        JSON.object(
            [
                ("subject", JSON.string(subject)),
                ("issuer", JSON.string(issuer)),
                ("names", JSON.array(names.map { JSON.string($0.description) })),
                ("notBefore", JSON.string(notBefore.description)),
                ("notAfter", JSON.string(notAfter.description)),
                ("key", JSON.string(publicKeyDescription)),
                ("signature", JSON.string(signatureAlgorithm)),
                ("serial", JSON.string(serialNumber)),
                ("sha256", JSON.string(Fingerprint.text(sha256))),
                ("publicKeySHA256", JSON.string(Fingerprint.text(publicKeySHA256))),
            ] + (withPEM ? [("pem", Fingerprint.pem(self))] : [])
        )
    }
}
