extension TLSError: CustomStringConvertible {
    /// One line that says what happened and what may help, safe to log.
    public var description: String {
        let account = alert.map { " (alert \($0))" } ?? ""
        switch kind {
        case .verificationFailed(let failure):
            return "TLS verification failed: \(failure)"
        case .noCommonVersion:
            return "TLS handshake failed: no version of TLS in common with the peer\(account)"
        case .noCommonCipher:
            return "TLS handshake failed: no cipher suite, group or signature in common\(account)\(firstDetail)"
        case .refusedByPeer:
            return "TLS: the peer gave up\(account)"
        case .certificateRefusedByPeer:
            return "TLS: the peer does not take the certificate of this side, or wants one\(account)"
        case .protocolViolation:
            return "TLS: the peer broke the protocol, or its bytes were changed\(account)\(firstDetail)"
        case .peerSpokePlaintext(let bytes):
            let line = bytes.prefix { $0 != 0x0D && $0 != 0x0A }.prefix(64)
            // Behind STARTTLS nobody greets.
            let isGreeting = bytes.starts(with: "220".utf8)
            let guess = isGreeting ? ", so this seems to be a port for STARTTLS or for no TLS at all" : ""
            return "TLS handshake failed: the peer speaks plaintext\(guess); it said \"\(SafeText.escape(line))\""
        case .closedDuringHandshake:
            return "TLS handshake failed: the peer closed the connection\(account)"
        case .truncated:
            return "TLS: the connection was cut without a word of closing; something may be missing"
        case .trustUnusable(let source, let problem):
            return "TLS configuration: the trusted certificates from \(source) cannot be used: \(problem)\(firstDetail)"
        case .certificateUnusable(let source, let problem):
            return "TLS configuration: the certificate from \(source) cannot be used: \(problem)\(firstDetail)"
        case .keyUnusable(let source, let problem):
            return "TLS configuration: the private key from \(source) cannot be used: \(problem)\(firstDetail)"
        case .invalidServerName(let name):
            return "TLS configuration: \(SafeText.quoted(name)) is no host name or address to verify"
        case .invalidOption(let name, let reason):
            return "TLS configuration: \(name): \(reason)\(firstDetail)"
        case .internalFailure:
            return "TLS: OpenSSL failed\(account)\(firstDetail)"
        }
    }

    /// What OpenSSL says of the cause.
    private var firstDetail: String { details.first.map { " [\($0)]" } ?? "" }
}

extension TLSMaterialProblem: CustomStringConvertible {
    /// What is wrong, and with what.
    public var description: String {
        switch self {
        case .missing: "there is no such file"
        case .unreadable(let errno): SystemError.text(errno)
        case .empty: "it is empty"
        case .notPEM: "it holds nothing of the kind in PEM"
        case .malformed: "what it holds is broken"
        case .passphraseNeeded: "the key is encrypted and no passphrase was given"
        case .wrongPassphrase: "the passphrase is wrong"
        case .doesNotFit: "the key does not belong to the certificate"
        case .refused: "OpenSSL refuses it"
        case .noSource: "none was found"
        }
    }
}
