import SMTPTransport
import SMTPWire
import ToolSupport

/// What is known of a server: as much as there was when something failed.
struct ProbeReport {
    /// Where it was looked for.
    var endpoint: Endpoint?

    /// How TLS was to begin.
    var security: ProbeOptions.Security?

    /// The address that answered.
    var address: String?

    var greeting: SMTPReply?

    /// What is offered in clear; `nil` if hello was not said there.
    var extensionsInClear: ServiceExtensions?

    /// What is offered under TLS; `nil` if hello was not said there.
    var extensionsUnderTLS: ServiceExtensions?

    var tls: TLSInfo?

    /// What was asked and answered, in order.
    var answers: [ProbeAnswer] = []

    /// What went wrong, a certificate that is not valid aside.
    var stop: ToolFailure?

    /// The first thing that is wrong; `nil` if all is well.
    ///
    /// What comes of a certificate is told before what came later, as smtp-send would have stopped there.
    var failure: ToolFailure? {
        guard case .failed(let failure)? = tls?.verification else { return stop }
        return ToolFailure(TLSError(.verificationFailed(failure), in: .handshake))
    }

    var exitCode: ExitCode { failure?.exitCode ?? .ok }
}

extension ServiceExtensions {
    /// Each keyword with its parameters, in the order offered.
    var lines: [(keyword: String, parameters: [String])] {
        var seen: Set<Keyword> = []
        return keywords.filter { seen.insert($0).inserted }.map { keyword in
            let parameters = keyword == .auth ? authenticationMechanisms : parameters(of: keyword)
            return (keyword.name, parameters ?? [])
        }
    }
}
