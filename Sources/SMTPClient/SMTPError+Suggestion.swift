import SMTPSession
internal import SMTPTransport
internal import SMTPWire

extension SMTPError {
    /// What to try, in a few words to a person.
    ///
    /// ``advice`` says the same to a program.
    public var suggestion: String {
        if advice == .unsafe { return "the server may have the message: look for it there before it is sent again" }
        if let hint { return hint }
        if let reply, reply.code == 421 { return "try again on a new connection" }
        if case .transport(.tls(let error))? = underlying as? ChannelError {
            if verb == "STARTTLS", case .peerSpokePlaintext = error.kind {
                return "the server agreed to TLS and went on without it: its log may know why"
            }
            return error.kind.suggestion
        }
        return advice == .sendAgainLater ? kind.suggestionForLater : kind.suggestion
    }
}

extension SMTPError.Kind {
    /// What to try where time may help.
    fileprivate var suggestionForLater: String {
        switch self {
        case .refused, .credentialsRejected, .tlsRequired, .authenticationRequired: "try again later"
        default: suggestion
        }
    }

    fileprivate var suggestion: String {
        switch self {
        case .invalidAddress: "correct it: an address is written as user@example.org"
        case .usage: "correct the call; nothing was sent"
        case .content: "change the message; nothing of it was sent"
        case .noInput: "check the path and who may read it"
        case .hostNotFound: "check how the host is written"
        case .connect: "check host and port, whether the server runs, and whether a firewall is between"
        case .timeout: "try again later, or allow more time"
        case .closed: "try again on a new connection: the server does not have the message"
        case .refused: "the server's words say why; it will refuse the same again"
        case .notOffered: "do without, or use a server that offers it"
        case .tls: "the server's log may know why"
        case .insecure, .tlsRequired: "use .startTLS or .implicitTLS as the security of the connection"
        case .sessionLimit: "send the rest on a new connection"
        case .protocolViolation:
            "check that an SMTP server listens on that port (465 expects TLS from the first byte, 587 and 25 STARTTLS) "
                + "and that nothing between changes its bytes"
        case .mechanismNotOffered:
            "use credentials of another kind, or start TLS before: some servers offer authentication only then"
        case .credentialsRejected:
            "check user and password; some providers want a password made for the program, or a token"
        case .credentialsNotProvided: "the underlying error says why; nothing was sent"
        case .serverMisbehaved: "find out who answers there before the password is used again"
        case .authenticationRequired: "set the configuration's credentials"
        case .inputOutput: "try again; if it stays, the system's log may tell more"
        case .cancelled: "the server does not have the message: send it again if it is still wanted"
        }
    }
}

extension TLSError.Kind {
    fileprivate var suggestion: String {
        switch self {
        case .verificationFailed(let failure): failure.check.suggestion
        case .noCommonVersion: "one side is too old: allow another version, or update the server"
        case .noCommonCipher: "allow other cipher suites, or give the server another certificate"
        case .refusedByPeer, .closedDuringHandshake: "the server's log knows why"
        case .certificateRefusedByPeer: "set the identity that the server wants"
        case .peerSpokePlaintext: "use .startTLS here; .implicitTLS is for port 465"
        case .protocolViolation: "try again; if it stays, something between changes bytes"
        case .truncated: "try again on a new connection; if it stays, something between cuts connections"
        case .trustUnusable(_, .noSource): "install the system's certificates, or name a file of certificates to trust"
        case .trustUnusable, .certificateUnusable, .keyUnusable: "check the file and who may read it"
        case .invalidServerName: "set a server name that the certificate has"
        case .invalidOption: "correct the option"
        case .internalFailure: "check the installation of OpenSSL"
        @unknown default: "the server's log may know why"
        }
    }
}

extension TLSVerificationFailure.Check {
    fileprivate var suggestion: String {
        switch self {
        case .expired: "renew the server's certificate, or check this machine's clock"
        case .notYetValid: "check the clocks of this machine and of the one that made the certificate"
        case .name: "connect by a name that the certificate has, or set it as the server name"
        case .selfSigned: "if you know the certificate, trust it; or have it signed by an authority"
        case .trust: "let the server send its intermediate certificates, or trust its authority"
        case .purpose: "the server needs a certificate that is made for servers"
        case .presence: "the server needs a certificate"
        case .pin, .signature, .strength, .other: "the server needs another certificate"
        @unknown default: "the server needs another certificate"
        }
    }
}
