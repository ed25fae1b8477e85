public import SMTPTransport

/// The mechanisms that hang on the connection they run over.
extension SinkMechanism {
    /// SCRAM (RFC 5802), which checks the client's proof and what it is bound to.
    ///
    /// - Parameters:
    ///   - server: The user and the password; ``SCRAMServer/channelBindings`` are set from the connection.
    ///   - bindingTypes: The types of channel binding that the server knows: `tls-exporter`, `tls-server-end-point`. With
    ///     any it refuses a client that believes it knows none (`y`).
    ///   - isPlus: Whether this is the -PLUS form, to be offered beside the other.
    /// - Returns: The mechanism.
    public static func scram(
        _ server: SCRAMServer,
        bindingTypes: Set<String> = [],
        isPlus: Bool = false
    ) -> SinkMechanism {
        SinkMechanism(server.hash.mechanism + (isPlus ? "-PLUS" : "")) { tls in
            var server = server
            let bindings = [
                "tls-exporter": tls?.exporterBinding, "tls-server-end-point": tls?.serverEndPointBinding,
            ]
            for (type, octets) in bindings where bindingTypes.contains(type) { server.channelBindings[type] = octets }
            return SCRAMExchange(server: server)
        }
    }

    /// EXTERNAL (RFC 4422 appendix A): who shows a certificate in TLS is known by it.
    ///
    /// - Parameter user: Who the client is, given its certificate and as whom it wants to act, empty for whoever the
    ///   certificate is for; `nil` to refuse it. Without a certificate it is refused, and nobody is asked.
    /// - Returns: The mechanism.
    public static func external(
        user: @escaping @Sendable (_ certificate: TLSCertificate, _ authorizationIdentity: String) -> String?
    ) -> SinkMechanism {
        SinkMechanism("EXTERNAL") { tls in ExternalExchange(certificate: tls?.peerCertificates.first, user: user) }
    }
}

private struct SCRAMExchange: SinkExchange {
    var server: SCRAMServer

    mutating func responseReceived(_ response: [UInt8]?) -> SinkExchangeStep {
        guard let response else { return .challenge([]) }
        switch server.receive(response) {
        case .challenge(let octets): return .challenge(octets)
        case .accepted: return .succeed(user: server.user)
        case .refused: return .fail
        }
    }
}

private struct ExternalExchange: SinkExchange {
    let certificate: TLSCertificate?
    let user: @Sendable (TLSCertificate, String) -> String?

    mutating func responseReceived(_ response: [UInt8]?) -> SinkExchangeStep {
        guard let response else { return .challenge([]) }
        guard let certificate, let name = user(certificate, String(decoding: response, as: UTF8.self)) else {
            return .fail
        }
        return .succeed(user: name)
    }
}

extension SCRAMServer.Hash {
    /// The name of the mechanism without channel binding.
    fileprivate var mechanism: String {
        switch self {
        case .sha1: "SCRAM-SHA-1"
        case .sha256: "SCRAM-SHA-256"
        case .sha512: "SCRAM-SHA-512"
        }
    }
}
