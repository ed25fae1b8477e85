import SMTPClient
import SMTPTransport
import ToolSupport

/// Failures in the words of this tool's options.
extension ToolFailure {
    /// What happened, and what a person can do about it.
    var problem: String { message + (advice.map { "; \($0)" } ?? "") }

    private var advice: String? {
        switch tls?.kind {
        case .peerSpokePlaintext? where verb == nil: return "use --tls starttls here; --tls implicit is for port 465"
        case .certificateRefusedByPeer?: return "this tool has no certificate to show"
        case .verificationFailed(let failure)? where failure.check == .name:
            return "use a name that the certificate has as --host, or give it by --server-name"
        case .verificationFailed(let failure)? where failure.check == .trust || failure.check == .selfSigned:
            return "trust its authority by --ca"
        default: break
        }
        switch cause {
        case .notOffered? where verb == "STARTTLS": return "check --port: 465 takes --tls implicit"
        case .insecure?, .tlsRequired?: return "use --tls starttls, or --tls implicit where TLS comes first"
        case .authenticationRequired?: return "give --user and --password-env"
        case .connect?: return "check --host and --port, and whether the server runs"
        default: return suggestion
        }
    }
}
