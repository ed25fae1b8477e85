package import ArgumentParser
package import SMTPTransport
package import ToolSupport

/// The options about certificates that the tools share.
package struct TLSOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: .init("Certificates to trust instead of the system's.", valueName: "file"))
    package var caFile: String?

    @Option(parsing: .unconditional, help: .init("The name to verify instead of the host's.", valueName: "name"))
    package var serverName: String?

    @Option(parsing: .unconditional, help: .init("A client certificate (PEM).", valueName: "file"))
    package var clientCert: String?

    @Option(parsing: .unconditional, help: .init("Its key (PEM).", valueName: "file"))
    package var clientKey: String?

    package init() {}

    /// The first option that was given: none is of use without TLS.
    package var firstGiven: String? {
        let options: [(String, Bool)] = [
            ("--ca-file", caFile != nil), ("--server-name", serverName != nil),
            ("--client-cert", clientCert != nil), ("--client-key", clientKey != nil),
        ]
        return options.first { $0.1 }?.0
    }
}

extension TLSConfiguration {
    /// The configuration that the options ask for, with its files read: a mistake shows before anything is opened.
    ///
    /// - Parameters:
    ///   - options: The shared options.
    ///   - host: The host that will be dialled.
    ///   - change: Sets what is not among the shared options.
    /// - Throws: ``ToolFailure`` with exit code 64, or 66 for a file that is missing.
    package init(
        _ options: TLSOptions,
        host: String,
        _ change: (inout TLSConfiguration) -> Void
    ) throws(ToolFailure) {
        self.init()
        if let file = options.caFile { trust = [.file(file)] }
        serverName = options.serverName
        if let certificate = options.clientCert {
            identity = TLSIdentity(certificates: .file(certificate), key: options.clientKey.map { .file($0) })
        } else if options.clientKey != nil {
            throw .usage("--client-key needs a --client-cert")
        }
        change(&self)
        do throws(TLSError) {
            try prepare(for: .client(host: host))
        } catch {
            throw ToolFailure(error)
        }
    }
}
