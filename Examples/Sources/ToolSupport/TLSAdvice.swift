import SMTPTransport

extension ToolFailure {
    /// What a person can do about a failure of TLS; `nil` if it was another, or if nobody can tell.
    package func tlsAdvice(isOverSocket: Bool) -> String? {
        guard let tls else { return nil }
        switch tls.kind {
        case .verificationFailed(let failure) where failure.check == .name && isOverSocket:
            return "give a name that the certificate has by --server-name"
        case .verificationFailed(let failure): return failure.check.advice
        case .noCommonVersion: return "the server wants another version of TLS than this side: one of them is too old"
        case .noCommonCipher: return "the server's cipher suites or keys and this side's have nothing in common"
        case .certificateRefusedByPeer: return "give the certificate that the server wants by --client-cert"
        case .refusedByPeer, .closedDuringHandshake: return "the server's log knows why"
        case .peerSpokePlaintext where verb == "STARTTLS":
            return "the server agreed to TLS and went on without it: its log may know why"
        case .peerSpokePlaintext where isOverSocket: return "use --security starttls, or plain"
        case .peerSpokePlaintext: return "use --security starttls here; --security tls is for port 465"
        case .truncated: return "try again; if it stays, something between cuts connections"
        case .trustUnusable, .certificateUnusable, .keyUnusable: return "check the file and its permissions"
        case .invalidServerName: return "give the name that the server's certificate has by --server-name"
        default: return nil
        }
    }
}

extension TLSVerificationFailure.Check {
    /// What a person can do, on this side or on the server's.
    fileprivate var advice: String? {
        switch self {
        case .expired: "renew the server's certificate, or check this machine's clock"
        case .notYetValid: "check the clocks of this machine and of the one that made the certificate"
        case .name: "use a name that the certificate has as --host, or give it by --server-name"
        case .selfSigned: "if you know the certificate, trust it by --ca-file; or have it signed by an authority"
        case .trust: "let the server send its intermediate certificates, or give its authority by --ca-file"
        case .purpose: "the server needs a certificate that is made for servers (extended key usage serverAuth)"
        case .presence: "the server needs a certificate"
        case .signature, .strength, .pin, .other: "the server needs another certificate"
        @unknown default: nil
        }
    }
}
